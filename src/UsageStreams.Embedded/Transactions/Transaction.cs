using Microsoft.Extensions.Logging;
using UsageStreams.Embedded.Groups;
using UsageStreams.Embedded.Log;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Storage;
using UsageStreams.Embedded.Topics;

namespace UsageStreams.Embedded.Transactions;

/// <summary>What all transactions of a broker share.</summary>
internal sealed record TransactionSettings(
    TimeProvider Time, Journal Journal, ProducerIds ProducerIds, TopicStore Topics, GroupCoordinator Groups, ILogger Logger);

/// <summary>A producer as a request names it.</summary>
internal readonly record struct ProducerIdentity(long Id, short Epoch)
{
    public static ProducerIdentity None { get; } = new(-1, -1);
}

/// <summary>
/// One transactional id: its producer, its epoch, its open transaction. Every step is in the journal before it holds, and everything
/// happens under one lock per id, which comes before the locks of groups and partitions.
/// </summary>
internal sealed partial class Transaction : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TransactionSettings _settings;
    private readonly ITimer _timeout;
    private TransactionRecord _record;
    private ProducerIdentity _previous = ProducerIdentity.None;
    private long _timedSince;
    private bool _disposed;

    public Transaction(TransactionRecord record, TransactionSettings settings)
    {
        (_record, _settings) = (record, settings);
        _timeout = settings.Time.CreateTimer(_ => OnTimeout(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public TransactionRecord Record
    {
        get
        {
            lock (_gate)
                return _record;
        }
    }

    public ErrorCode AddPartitions(ProducerIdentity producer, IReadOnlyCollection<TopicPartition> partitions)
    {
        lock (_gate)
        {
            if (CheckCanAdd(producer) is not ErrorCode.None and var error)
                return error;
            if (partitions.All(_record.Partitions.Contains) && _record.State == TransactionState.Ongoing)
                return ErrorCode.None;
            Grow(record => record with { Partitions = record.Partitions.Union(partitions).ToHashSet() });
            return ErrorCode.None;
        }
    }

    public ErrorCode AddGroup(ProducerIdentity producer, string group)
    {
        lock (_gate)
        {
            if (CheckCanAdd(producer) is not ErrorCode.None and var error)
                return error;
            if (_record.State != TransactionState.Ongoing || !_record.Groups.Contains(group))
                Grow(record => record with { Groups = record.Groups.Append(group).ToHashSet(StringComparer.Ordinal) });
            return ErrorCode.None;
        }
    }

    /// <summary>Stages a group's positions; they become visible by the commit.</summary>
    public ErrorCode StageOffsets(ProducerIdentity producer, Group group, Committer committer, IReadOnlyList<OffsetToCommit> offsets)
    {
        lock (_gate)
        {
            if (CheckProducer(producer) is not ErrorCode.None and var error)
                return error == ErrorCode.ProducerFenced ? ErrorCode.InvalidProducerEpoch : error;
            if (_record.State != TransactionState.Ongoing || !_record.Groups.Contains(group.Id))
                return ErrorCode.InvalidTxnState;
            return group.Stage(committer, producer.Id, offsets);
        }
    }

    /// <summary>
    /// Appends the first batch of the transaction in a partition. Under the lock, so that the transaction cannot end between the check
    /// and the append, which would leave an open transaction that nobody ends.
    /// </summary>
    public AppendResult AppendFirst(PartitionLog log, Span<byte> batch, in BatchHeader header)
    {
        lock (_gate)
        {
            if (header.ProducerId != _record.ProducerId)
                return new AppendResult(ErrorCode.InvalidProducerIdMapping, -1);
            if (header.ProducerEpoch != _record.Epoch)
                return new AppendResult(ErrorCode.InvalidProducerEpoch, -1);
            return _record.State == TransactionState.Ongoing && _record.Partitions.Contains(new TopicPartition(log.Topic, log.Partition))
                ? log.Append(batch, header, verified: true)
                : new AppendResult(ErrorCode.InvalidTxnState, -1);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timeout.Dispose();
        }
    }

    private ErrorCode CheckCanAdd(ProducerIdentity producer)
    {
        if (CheckProducer(producer) is not ErrorCode.None and var error)
            return error;
        return _record.IsPrepared ? ErrorCode.ConcurrentTransactions : ErrorCode.None;
    }

    private ErrorCode CheckProducer(ProducerIdentity producer)
    {
        if (producer.Id != _record.ProducerId)
            return ErrorCode.InvalidProducerIdMapping;
        return producer.Epoch == _record.Epoch ? ErrorCode.None : ErrorCode.ProducerFenced;
    }

    /// <summary>Adds to the transaction; the first addition begins it and its time limit.</summary>
    private void Grow(Func<TransactionRecord, TransactionRecord> add)
    {
        bool begins = _record.State != TransactionState.Ongoing;
        var record = begins
            ? _record.Cleared(TransactionState.Ongoing) with { StartedAtMs = _settings.Time.GetUtcNow().ToUnixTimeMilliseconds() }
            : _record;
        Write(add(record));
        if (begins)
            StartTimeout();
    }

    private void StartTimeout()
    {
        _timedSince = _settings.Time.GetTimestamp();
        _timeout.Change(TimeSpan.FromMilliseconds(_record.TimeoutMs), Timeout.InfiniteTimeSpan);
    }

    private void Write(TransactionRecord record)
    {
        _settings.Journal.Put(record.Key, record.ToBytes());
        _record = record;
    }
}
