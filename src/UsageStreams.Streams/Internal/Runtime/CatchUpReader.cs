using Confluent.Kafka;
using UsageStreams.Streams.Internal.Faults;
using UsageStreams.Streams.Internal.Native;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>
/// Reads partitions up to the high watermark, and beyond it when asked. Reading committed records only, it passes the high watermark no sooner
/// than every transaction that was open there is decided.
/// </summary>
internal sealed class CatchUpReader : ICatchUpReader
{
    private const int BatchLimit = 2000;

    private readonly Dictionary<TopicPartition, CatchUpPartition> _partitions = [];
    private readonly PartitionIndex<CatchUpPartition> _index;
    private readonly ClientFactory _clients;
    private readonly CatchUpOffsets _ranges;
    private readonly string _purpose;
    private readonly bool _follow;
    private IConsumer<byte[]?, byte[]?>? _consumer;
    private BatchReader? _batch;
    private int _open;

    public CatchUpReader(ClientFactory clients, IAdminClient admin, string purpose, bool follow)
    {
        (_clients, _purpose, _follow) = (clients, purpose, follow);
        _ranges = new CatchUpOffsets(admin, purpose);
        _index = new PartitionIndex<CatchUpPartition>(_partitions.GetValueOrDefault);
    }

    /// <summary>Records read.</summary>
    public long Records { get; private set; }

    public bool IsCaughtUp => _open == 0;

    public void Add(IReadOnlyList<CatchUpPartition> partitions)
    {
        if (partitions.Count == 0)
            return;
        CatchUpRanges ranges = _ranges.Find(partitions);
        var assigned = new List<TopicPartitionOffset>();
        foreach (CatchUpPartition partition in partitions)
        {
            long? start = partition.From ?? ranges.Since(partition);
            partition.Begin(start, partition.Until ?? ranges.End(partition));
            if (partition.IsDone && !_follow)
                continue;
            _partitions.Add(partition.Partition, partition);
            _open += partition.IsDone ? 0 : 1;
            assigned.Add(new TopicPartitionOffset(partition.Partition, start ?? Offset.Beginning));
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

    public long? End(TopicPartition partition)
    {
        Offset high = _consumer?.GetWatermarkOffsets(partition).High ?? Offset.Unset;
        return high == Offset.Unset ? null : high.Value;
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
        bool was = partition.IsDone;
        if (record.IsPartitionEnd)
        {
            // At the end of a partition the offset is where the next record will be: control records lie before it.
            partition.Reached(record.Offset);
        }
        else
        {
            Apply(partition, in record);
            Records++;
        }

        if (was || !partition.IsDone)
            return;
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
            // Neither key nor value: an announcement of stream time. The input's own rejects are the replay's to judge.
            if (!record.HasKey && partition.Until is null)
            {
                if (record.HasValue)
                    throw new UndecodableException("The record has no key.");
                partition.Reached(record.Offset + 1);
                return;
            }

            partition.Take(record.ToInput());
        }
        catch (UndecodableException e)
        {
            if (partition.Faults?.TryLeaveOut(partition.Partition.Partition.Value, record.ToInput(), e) != true)
                throw TableFaults.Unreadable(new TopicPartitionOffset(partition.Partition, record.Offset), _purpose, e);
            partition.Reached(record.Offset + 1);
        }
    }
}
