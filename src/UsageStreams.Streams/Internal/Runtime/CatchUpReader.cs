using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>Takes a record of a changelog or a table.</summary>
internal delegate void RecordRestorer(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool deleted, long timestamp);

/// <summary>One partition that is read from its beginning.</summary>
internal sealed class CatchUpPartition(TopicPartition partition, RecordRestorer restore)
{
    public TopicPartition Partition { get; } = partition;

    public RecordRestorer Restore { get; } = restore;

    /// <summary>The high watermark when reading began.</summary>
    public long Target { get; set; }

    public bool IsDone { get; set; }

    public long Records { get; set; }
}

/// <summary>
/// Reads partitions from their beginning to the high watermark, and beyond it when asked. Reading committed records only, it passes the
/// high watermark no sooner than every transaction that was open there is decided.
/// </summary>
internal sealed class CatchUpReader(ClientFactory clients, IAdminClient admin, string purpose, bool follow) : ICatchUpReader
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private readonly Dictionary<TopicPartition, CatchUpPartition> _partitions = [];
    private IConsumer<byte[]?, byte[]?>? _consumer;
    private int _open;

    /// <summary>Records read.</summary>
    public long Records { get; private set; }

    public bool IsCaughtUp => _open == 0;

    public void Add(IReadOnlyList<CatchUpPartition> partitions)
    {
        if (partitions.Count == 0)
            return;
        Dictionary<TopicPartition, long> ends = HighWatermarks(partitions);
        var assigned = new List<TopicPartitionOffset>();
        foreach (CatchUpPartition partition in partitions)
        {
            partition.Target = ends[partition.Partition];
            partition.IsDone = partition.Target == 0;
            if (partition.IsDone && !follow)
                continue;
            _partitions.Add(partition.Partition, partition);
            _open += partition.IsDone ? 0 : 1;
            assigned.Add(new TopicPartitionOffset(partition.Partition, Offset.Beginning));
        }

        if (assigned.Count > 0)
            (_consumer ??= clients.Reader(purpose)).IncrementalAssign(assigned);
    }

    /// <summary>Stops reading partitions whose task has gone.</summary>
    public void Remove(IEnumerable<CatchUpPartition> partitions)
    {
        foreach (CatchUpPartition partition in partitions)
        {
            if (!_partitions.TryGetValue(partition.Partition, out CatchUpPartition? current) || !ReferenceEquals(current, partition))
                continue;
            _partitions.Remove(partition.Partition);
            _open -= partition.IsDone ? 0 : 1;
            _consumer!.IncrementalUnassign([partition.Partition]);
        }
    }

    /// <summary>Reads for at most <paramref name="limit"/> records, waiting <paramref name="wait"/> for the first.</summary>
    public void Step(int limit, TimeSpan wait)
    {
        if (_partitions.Count == 0)
            return;
        for (int i = 0; i < limit && _partitions.Count > 0; i++)
        {
            ConsumeResult<byte[]?, byte[]?>? result = Consume(i == 0 ? wait : TimeSpan.Zero);
            if (result is null)
                return;
            if (_partitions.TryGetValue(result.TopicPartition, out CatchUpPartition? partition))
                Take(partition, result);
        }
    }

    public void Dispose() => _consumer?.Dispose();

    private ConsumeResult<byte[]?, byte[]?>? Consume(TimeSpan wait)
    {
        try
        {
            return _consumer!.Consume(wait);
        }
        catch (ConsumeException e)
        {
            throw TransactionFailure.Of($"read {purpose} records", e);
        }
    }

    private void Take(CatchUpPartition partition, ConsumeResult<byte[]?, byte[]?> result)
    {
        if (!result.IsPartitionEOF)
        {
            Apply(partition, result);
            Records++;
            partition.Records++;
        }

        // At the end of a partition the offset is where the next record will be: control records lie before it.
        long position = result.IsPartitionEOF ? result.Offset.Value : result.Offset.Value + 1;
        if (partition.IsDone || position < partition.Target)
            return;
        partition.IsDone = true;
        _open--;
        if (follow)
            return;
        _partitions.Remove(partition.Partition);
        _consumer!.IncrementalUnassign([partition.Partition]);
    }

    private void Apply(CatchUpPartition partition, ConsumeResult<byte[]?, byte[]?> result)
    {
        try
        {
            if (result.Message.Key is null)
            {
                if (result.Message.Value is null)
                    return;
                throw new UndecodableException("The record has no key.");
            }

            partition.Restore(result.Message.Key, result.Message.Value, result.Message.Value is null, result.Message.Timestamp.UnixTimestampMs);
        }
        catch (UndecodableException e)
        {
            throw new StreamsException(
                $"The {purpose} record at topic '{result.Topic}' partition {result.Partition.Value} offset {result.Offset.Value} can't be read: {e.Message} "
                + "Someone else wrote it, or the serde changed: restore the serde, or remove the record.", e);
        }
    }

    private Dictionary<TopicPartition, long> HighWatermarks(IReadOnlyList<CatchUpPartition> partitions)
    {
        try
        {
            ListOffsetsResult result = admin.ListOffsetsAsync(
                partitions.Select(static p => new TopicPartitionOffsetSpec { TopicPartition = p.Partition, OffsetSpec = OffsetSpec.Latest() }),
                new ListOffsetsOptions { IsolationLevel = IsolationLevel.ReadUncommitted, RequestTimeout = RequestTimeout }).GetAwaiter().GetResult();
            return result.ResultInfos.ToDictionary(
                static info => info.TopicPartitionOffsetError.TopicPartition, static info => info.TopicPartitionOffsetError.Offset.Value);
        }
        catch (KafkaException e)
        {
            throw TransactionFailure.Of($"find the ends of {purpose} topics", e);
        }
    }
}
