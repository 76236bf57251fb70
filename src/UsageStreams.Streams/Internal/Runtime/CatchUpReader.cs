using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Streams.Internal.Native;

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
internal sealed class CatchUpReader : ICatchUpReader
{
    private const int BatchLimit = 2000;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private readonly Dictionary<TopicPartition, CatchUpPartition> _partitions = [];
    private readonly PartitionIndex<CatchUpPartition> _index;
    private readonly ClientFactory _clients;
    private readonly IAdminClient _admin;
    private readonly string _purpose;
    private readonly bool _follow;
    private IConsumer<byte[]?, byte[]?>? _consumer;
    private BatchReader? _batch;
    private int _open;

    public CatchUpReader(ClientFactory clients, IAdminClient admin, string purpose, bool follow)
    {
        (_clients, _admin, _purpose, _follow) = (clients, admin, purpose, follow);
        _index = new PartitionIndex<CatchUpPartition>(_partitions.GetValueOrDefault);
    }

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
            if (partition.IsDone && !_follow)
                continue;
            _partitions.Add(partition.Partition, partition);
            _open += partition.IsDone ? 0 : 1;
            assigned.Add(new TopicPartitionOffset(partition.Partition, Offset.Beginning));
        }

        if (assigned.Count == 0)
            return;
        _consumer ??= _clients.Reader(_purpose);
        _batch ??= new BatchReader(_consumer, BatchLimit);
        _index.Forget();
        _consumer.IncrementalAssign(assigned);
    }

    /// <summary>Stops reading partitions whose task has gone.</summary>
    public void Remove(IEnumerable<CatchUpPartition> partitions)
    {
        foreach (CatchUpPartition partition in partitions)
        {
            if (_partitions.TryGetValue(partition.Partition, out CatchUpPartition? current) && ReferenceEquals(current, partition))
            {
                _open -= partition.IsDone ? 0 : 1;
                Unassign(partition);
            }
        }
    }

    /// <summary>Reads about <paramref name="limit"/> records, waiting <paramref name="wait"/> for the first.</summary>
    public void Step(int limit, TimeSpan wait)
    {
        int read = 0;
        while (read < limit && _partitions.Count > 0)
        {
            int count = StepOnce(read == 0 ? wait : TimeSpan.Zero);
            if (count == 0)
                return;
            read += count;
        }
    }

    public void Dispose()
    {
        _batch?.Dispose();
        _consumer?.Dispose();
    }

    private int StepOnce(TimeSpan wait)
    {
        BatchReader batch = _batch!;
        try
        {
            batch.Read(wait);
            int count = batch.Count;
            for (int i = 0; i < count; i++)
                Take(batch[i]);
            return count;
        }
        catch (KafkaException e)
        {
            throw TransactionFailure.Of($"read {_purpose} records", e);
        }
        finally
        {
            batch.Release();
        }
    }

    private void Take(BatchRecord record)
    {
        if (record.IsError)
            throw TransactionFailure.Of($"read {_purpose} records at {record.Position()}", record.Error);
        if (_index.Find(in record) is not { } partition)
            return;
        if (!record.IsPartitionEnd)
        {
            Apply(partition, in record);
            Records++;
            partition.Records++;
        }

        // At the end of a partition the offset is where the next record will be: control records lie before it.
        long position = record.IsPartitionEnd ? record.Offset : record.Offset + 1;
        if (partition.IsDone || position < partition.Target)
            return;
        partition.IsDone = true;
        _open--;
        if (!_follow)
            Unassign(partition);
    }

    private void Unassign(CatchUpPartition partition)
    {
        _partitions.Remove(partition.Partition);
        _index.Forget();
        _consumer!.IncrementalUnassign([partition.Partition]);
    }

    private void Apply(CatchUpPartition partition, in BatchRecord record)
    {
        try
        {
            if (!record.HasKey)
            {
                if (!record.HasValue)
                    return;
                throw new UndecodableException("The record has no key.");
            }

            partition.Restore(record.Key, record.Value, !record.HasValue, record.Timestamp);
        }
        catch (UndecodableException e)
        {
            throw new StreamsException(
                $"The {_purpose} record at topic '{partition.Partition.Topic}' partition {partition.Partition.Partition.Value} offset {record.Offset} can't be read: {e.Message} "
                + "Someone else wrote it, or the serde changed: restore the serde, or remove the record.", e);
        }
    }

    private Dictionary<TopicPartition, long> HighWatermarks(IReadOnlyList<CatchUpPartition> partitions)
    {
        try
        {
            ListOffsetsResult result = _admin.ListOffsetsAsync(
                partitions.Select(static p => new TopicPartitionOffsetSpec { TopicPartition = p.Partition, OffsetSpec = OffsetSpec.Latest() }),
                new ListOffsetsOptions { IsolationLevel = IsolationLevel.ReadUncommitted, RequestTimeout = RequestTimeout }).GetAwaiter().GetResult();
            return result.ResultInfos.ToDictionary(
                static info => info.TopicPartitionOffsetError.TopicPartition, static info => info.TopicPartitionOffsetError.Offset.Value);
        }
        catch (KafkaException e)
        {
            throw TransactionFailure.Of($"find the ends of {_purpose} topics", e);
        }
    }
}
