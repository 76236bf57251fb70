using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Internal.Graph;

namespace UsageStreams.Streams;

/// <summary>Describes a topology: sources first, operators from there, <see cref="Build"/> at the end.</summary>
public sealed class StreamsBuilder
{
    private readonly GraphBuilder _graph = new();

    /// <summary>
    /// Reads a topic. A record without key or value, or one that a serde refuses, stops the application, unless <see cref="HandleFaults"/> or
    /// <c>Consumed.WithFaults</c> decides otherwise; the other overload takes such records as a stream.
    /// </summary>
    public KStream<TKey, TValue> Stream<TKey, TValue>(string topic, Consumed<TKey, TValue> consumed) =>
        new(_graph, [_graph.AddSource(topic, consumed).Output]);

    /// <summary>Reads a topic, and gives the records that can't be read as a stream of their own.</summary>
    /// <param name="topic">The topic, which must exist when the application starts.</param>
    /// <param name="consumed">How it is read.</param>
    /// <param name="undecodable">What can't be read, with bytes, headers and cause; event time is the arrival.</param>
    public KStream<TKey, TValue> Stream<TKey, TValue>(string topic, Consumed<TKey, TValue> consumed, out KStream<byte[]?, UndecodableRecord> undecodable)
    {
        SourceDefinition<TKey, TValue> source = _graph.AddSource(topic, consumed);
        undecodable = new KStream<byte[]?, UndecodableRecord>(_graph, [source.AddUndecodable()]);
        return new KStream<TKey, TValue>(_graph, [source.Output]);
    }

    /// <summary>
    /// Follows a compacted topic on every instance. Processors look it up by <c>context.GetTable</c>. A record that can't be read stops the application,
    /// unless it is decided otherwise: <c>Consumed.WithFaults</c>.
    /// </summary>
    public GlobalKTable<TKey, TValue> GlobalTable<TKey, TValue>(string topic, Consumed<TKey, TValue> consumed)
        where TKey : notnull
    {
        var table = new GlobalKTable<TKey, TValue>(topic, consumed);
        _graph.AddTable(table);
        return table;
    }

    /// <summary>
    /// Takes a compacted topic as a table: the last value of each key. Nothing is copied to a changelog, and nothing is read before it is used.
    /// </summary>
    /// <remarks>
    /// Looked up in a join or a processor, it is a side input: each task follows the partition of its own number, restored before the first record.
    /// Its changes as a stream (<see cref="KTable{TKey, TValue}.ToStream"/>, filters, table-table joins) are a source and sub-topology of their own.
    /// </remarks>
    /// <param name="topic">The topic, which must exist when the application starts. A tombstone removes its key.</param>
    /// <param name="consumed">How it is read. <see cref="Consumed{TKey, TValue}.WithVersions"/> keeps former values.</param>
    public KTable<TKey, TValue> Table<TKey, TValue>(string topic, Consumed<TKey, TValue> consumed)
        where TKey : notnull => new(_graph, topic, consumed);

    /// <summary>
    /// Decides about records that fail, wherever no <c>Consumed.WithFaults</c> says otherwise. Without it, the first one stops the application.
    /// </summary>
    public StreamsBuilder HandleFaults(FaultHandling handling)
    {
        _graph.Faults = handling;
        return this;
    }

    /// <summary>Checks the description and gives the topology.</summary>
    /// <exception cref="TopologyException">Something is wrong: every problem is named, with its node and the fix.</exception>
    public Topology Build() => _graph.Build();
}
