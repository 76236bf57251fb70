using System.Buffers;
using UsageStreams.Streams.Internal.State;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Internal.Graph;

internal abstract class SourceDefinition : NodeDefinition
{
    protected SourceDefinition(string name, TopicName topic, TimeSource timeFrom, SubTopologyGraph subTopology)
        : base(name, NodeKind.Source, subTopology)
    {
        Topic = topic;
        TimeFrom = timeFrom;
        subTopology.Source = this;
    }

    public TimeSource TimeFrom { get; }

    /// <summary>Names of the types of key and value, as errors say them.</summary>
    public abstract string Types { get; }

    public abstract SourceNode Create(TaskScope scope);

    /// <summary>Why a store can't be restored from this source's topic; null when it can.</summary>
    public abstract string? ProblemOf(StoreBuilder restored);

    /// <summary>Feeds the stores that are restored from the input; null when there are none.</summary>
    public abstract InputReplayer? CreateReplayer(IReadOnlyList<TaskStore> stores);

    /// <summary>The partition of the input that has a key, or a window's key; false when the key is not of the input's type.</summary>
    public abstract bool TryPartition(object key, int partitions, out int partition);
}

internal sealed class SourceDefinition<TKey, TValue> : SourceDefinition
{
    private readonly ISerde<TKey> _keySerde;
    private readonly ISerde<TValue> _valueSerde;
    private readonly TimestampExtractor<TKey, TValue>? _timestamps;
    private readonly RecordCheck<TKey, TValue>? _check;

    private readonly bool _takesTombstones;
    private readonly Partitioner<TKey>? _partitioner;

    public SourceDefinition(string topic, Consumed<TKey, TValue> consumed, SubTopologyGraph subTopology, bool takesTombstones)
        : base(subTopology.Name, new TopicName(topic, IsRepartition: false), TimeOf(consumed), subTopology)
    {
        _keySerde = consumed.KeySerde;
        _valueSerde = consumed.ValueSerde;
        _timestamps = consumed.Timestamps;
        _check = consumed.Check;
        _takesTombstones = takesTombstones;
        Output = new Outlet<TKey, TValue>(this, null);
    }

    public SourceDefinition(Repartitioned<TKey, TValue> repartitioned, SubTopologyGraph subTopology)
        : base(subTopology.Name, new TopicName(repartitioned.Name, IsRepartition: true), TimeSource.Upstream, subTopology)
    {
        _keySerde = repartitioned.KeySerde;
        _valueSerde = repartitioned.ValueSerde;
        _partitioner = repartitioned.Partitioner;
        Output = new Outlet<TKey, TValue>(this, null);
    }

    public Outlet<TKey, TValue> Output { get; }

    /// <summary>Null when the topology did not ask for undecodable records.</summary>
    public Outlet<byte[]?, UndecodableRecord>? Undecodable { get; private set; }

    public Outlet<byte[]?, UndecodableRecord> AddUndecodable() => Undecodable ??= new(this, "undecodable");

    public override string Types => $"{typeof(TKey).Name}, {typeof(TValue).Name}";

    /// <summary>What reads records once more as this source does.</summary>
    public RecordReader<TKey, TValue> CreateReader() => new(Decoder(), _check, _timestamps);

    public override SourceNode Create(TaskScope scope) => new SourceNode<TKey, TValue>(
        Name, scope.Task, CreateReader(), TimeFrom == TimeSource.EventTime,
        Output.Connect(scope), Undecodable?.Connect(scope));

    public override string? ProblemOf(StoreBuilder restored)
    {
        if (Topic!.Value.IsRepartition)
        {
            return $"Store '{restored.Name}' is to be restored from its input, and that is the repartition topic {Topic}, which is deleted when it is read. "
                + "Leave RestoredFromInput(…) away.";
        }

        return restored.Replay is InputReplay<TKey, TValue>
            ? null
            : $"Store '{restored.Name}' is to be restored from records of {restored.Replay!.Input}, and its source '{Name}' has {Types}. "
              + "Give RestoredFromInput(…) the source's types.";
    }

    public override InputReplayer? CreateReplayer(IReadOnlyList<TaskStore> stores)
    {
        (InputReplay<TKey, TValue> Replay, StateStore Store)[] restored =
            [.. stores.Where(static s => s.Builder.Replay is not null).Select(static s => ((InputReplay<TKey, TValue>)s.Builder.Replay!, s.State))];
        return restored.Length == 0
            ? null
            : new SourceReplayer<TKey, TValue>(CreateReader(), restored);
    }

    public override bool TryPartition(object key, int partitions, out int partition)
    {
        partition = 0;
        switch (key)
        {
            case TKey own:
                partition = PartitionOf(own, partitions);
                return true;
            case Windowed<TKey> windowed:
                partition = PartitionOf(windowed.Key, partitions);
                return true;
            default:
                return false;
        }
    }

    private RecordDecoder<TKey, TValue> Decoder() => new(_keySerde, _valueSerde, _takesTombstones);

    private int PartitionOf(TKey key, int partitions)
    {
        if (_partitioner is not null)
            return _partitioner(key, partitions);
        var bytes = new ArrayBufferWriter<byte>();
        _keySerde.Serialize(key, bytes);
        return Partitioners.Murmur2(bytes.WrittenSpan, partitions);
    }

    private static TimeSource TimeOf(Consumed<TKey, TValue> consumed)
    {
        if (consumed.TimeFromWatermarks)
            return TimeSource.Watermarks;
        return consumed.Timestamps is null ? TimeSource.None : TimeSource.EventTime;
    }
}
