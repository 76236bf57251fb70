using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Graph;

/// <summary>What a sink writes, apart from its types.</summary>
/// <param name="Node">The node.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Watermarks">Growth of stream time that is announced; null for never.</param>
internal sealed record SinkDefinition(NodeDefinition Node, TopicName Topic, TimeSpan? Watermarks);

internal sealed class SinkDefinition<TKey, TValue> : InletDefinition<TKey, TValue>
{
    public SinkDefinition(string name, SubTopologyGraph subTopology, string topic, Produced<TKey, TValue> produced)
        : base(name, NodeKind.Sink, subTopology)
    {
        Sink = new SinkDefinition(this, new TopicName(topic, IsRepartition: false), produced.Watermarks);
        Topic = Sink.Topic;
        var encoder = new RecordEncoder<TKey, TValue>(produced.KeySerde, produced.ValueSerde, produced.Partitioner);
        Factory = scope => new SinkNode<TKey, TValue>(name, scope, Sink.Topic, encoder, carriesEventTime: false);
    }

    public SinkDefinition(string name, SubTopologyGraph subTopology, Repartitioned<TKey, TValue> repartitioned)
        : base(name, NodeKind.Sink, subTopology)
    {
        Sink = new SinkDefinition(this, new TopicName(repartitioned.Name, IsRepartition: true), repartitioned.Watermarks);
        Topic = Sink.Topic;
        var encoder = new RecordEncoder<TKey, TValue>(repartitioned.KeySerde, repartitioned.ValueSerde, repartitioned.Partitioner);
        Factory = scope =>
        {
            var sink = new SinkNode<TKey, TValue>(name, scope, Sink.Topic, encoder, carriesEventTime: true);
            return repartitioned.Combiner is null ? sink : new CombiningNode<TKey, TValue>(name, scope, repartitioned.Combiner, sink);
        };
    }
}
