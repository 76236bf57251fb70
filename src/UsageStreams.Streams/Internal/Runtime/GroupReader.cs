using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using UsageStreams.Streams.Internal.Native;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>
/// A member of the group: hands over records by the batch, and tells its session when partitions come and go. What the rebalance handlers
/// throw would reach nobody, so failures there are kept and thrown by <see cref="Poll"/>.
/// </summary>
internal sealed class GroupReader : IGroupReader
{
    /// <summary>Records that one poll hands over at most.</summary>
    public const int BatchLimit = 2000;

    // Longer than a transaction that its owner left open: offsets are stable only when it is decided.
    private static readonly TimeSpan OffsetsTimeout = TimeSpan.FromSeconds(60);

    private readonly StreamSession _session;
    private readonly ILogger _logger;
    private readonly StreamsOptions _options;
    private readonly string? _instance;
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly BatchReader _batch;
    private readonly PartitionIndex<TaskSlot> _slots;
    private readonly List<TopicPartition> _newlyAssigned = [];
    private Exception? _failure;
    private bool _closed;

    public GroupReader(ClientFactory clients, StreamSession session, IEnumerable<string> topics)
    {
        _session = session;
        _logger = clients.Logger;
        _options = clients.Options;
        _instance = clients.GroupInstance;
        _slots = new PartitionIndex<TaskSlot>(session.Slot);
        _consumer = clients.GroupConsumer()
            .SetPartitionsAssignedHandler(OnAssigned)
            .SetPartitionsRevokedHandler((_, partitions) => OnRemoved(partitions, _session.Revoked))
            .SetPartitionsLostHandler((_, partitions) => OnRemoved(partitions, _session.Lost))
            .Build();
        _batch = new BatchReader(_consumer, BatchLimit);
        _consumer.Subscribe(topics);
    }

    public IConsumerGroupMetadata Metadata
    {
        get
        {
            (string member, int generation) = GroupMember.Of(_batch.Client);
            return new GroupMembership(_options.ApplicationId, generation, member, _instance, () => _consumer.ConsumerGroupMetadata);
        }
    }

    public bool HasMore { get; private set; }

    public void Poll(TimeSpan wait)
    {
        try
        {
            Read(wait);
            HasMore = _batch.Count == BatchLimit;
            for (int i = 0; i < _batch.Count; i++)
            {
                if (i % SourceNode.AheadLimit == 0)
                    ReadAhead(i);
                HandOver(_batch[i]);
            }
        }
        finally
        {
            _batch.Release();
        }
    }

    public IReadOnlyList<TopicPartitionOffset> Committed(IReadOnlyList<TopicPartition> partitions)
    {
        try
        {
            return [.. _consumer.Committed(partitions, OffsetsTimeout).Select(static o => new TopicPartitionOffset(o.TopicPartition, o.Offset))];
        }
        catch (KafkaException e)
        {
            throw TransactionFailure.Of("fetch the committed offsets", e);
        }
    }

    public void Pause(TopicPartition partition) => _consumer.Pause([partition]);

    public void Resume(TopicPartition partition) => _consumer.Resume([partition]);

    public void KeepAlive() => _batch.KeepAlive();

    public void Commit(List<TopicPartitionOffset> offsets)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                _consumer.Commit(offsets);
                return;
            }
            catch (KafkaException e) when (MayPass(e.Error.Code) && Stopwatch.GetElapsedTime(start) < _options.TransactionTimeout)
            {
                KeepAlive();
            }
            catch (KafkaException e)
            {
                throw TransactionFailure.Of("commit offsets", e);
            }
        }
    }

    /// <summary>Offset after the last committed record that the client knows of; null while unknown.</summary>
    public long? End(TopicPartition partition)
    {
        WatermarkOffsets offsets = _consumer.GetWatermarkOffsets(partition);
        return offsets.High == Offset.Unset ? null : offsets.High.Value;
    }

    /// <summary>Leaves the group; a named instance stays a member until its session ends.</summary>
    public void Close()
    {
        if (_closed)
            return;
        _closed = true;
        _consumer.Close();
    }

    public void Dispose()
    {
        _batch.Dispose();
        _consumer.Dispose();
    }

    // The client takes part in a rebalance by itself; partitions that it still holds nobody else has, so that their offsets are its own to commit.
    private static bool MayPass(ErrorCode code) => code == ErrorCode.RebalanceInProgress || ErrorTable.AnswerTo(code) == ErrorAnswer.Retry;

    private void Read(TimeSpan wait)
    {
        try
        {
            _batch.Read(wait);
            ThrowFailure();
            CheckAssignment();
        }
        catch (KafkaException e)
        {
            ThrowFailure();
            throw TransactionFailure.Of("follow the group", e);
        }
    }

    /// <summary>Has the next few records read, so that what their tasks will look up is on its way from memory.</summary>
    private void ReadAhead(int from)
    {
        StreamTask? last = null;
        int end = Math.Min(from + SourceNode.AheadLimit, _batch.Count);
        for (int i = from; i < end; i++)
        {
            BatchRecord record = _batch[i];
            if (record.IsError || record.IsPartitionEnd || _slots.Find(in record) is not { IsTaking: true, Task: { ReadsAhead: true } task })
                continue;
            if (task != last)
                last?.FetchEntries();
            last = task;
            task.ReadAhead(record.ToInput());
        }

        last?.FetchEntries();
    }

    private void HandOver(BatchRecord record)
    {
        if (record.IsError)
        {
            TakeError(record.Position(), record.Error);
            return;
        }

        TaskSlot? slot = _slots.Find(in record);
        if (record.IsPartitionEnd)
            StreamSession.TakeEnd(slot, record.Offset);
        else
            _session.Take(slot, record.ToInput());
    }

    private void TakeError(TopicPartitionOffset position, KafkaException error)
    {
        if (ErrorTable.AnswerTo(error.Error.Code) is not (ErrorAnswer.None or ErrorAnswer.Retry))
            throw Failure(position, error);
        _logger.ReadingGoesOn(position.ToString(), error.Error.Reason, error.Error.Code);
    }

    private StreamsException Failure(TopicPartitionOffset position, KafkaException error)
    {
        string step = $"read the input at {position}";
        if (error.Error.Code != ErrorCode.Local_AutoOffsetReset)
            return TransactionFailure.Of(step, error);
        try
        {
            Offset committed = _consumer.Committed([position.TopicPartition], OffsetsTimeout)[0].Offset;
            WatermarkOffsets log = _consumer.QueryWatermarkOffsets(position.TopicPartition, OffsetsTimeout);
            return TransactionFailure.OutsideLog(step, error, committed == Offset.Unset ? null : committed.Value, log.Low.Value, log.High.Value);
        }
        catch (KafkaException e)
        {
            return TransactionFailure.Of($"find out why the log does not have {position}", e);
        }
    }

    private IEnumerable<TopicPartitionOffset> OnAssigned(IConsumer<byte[]?, byte[]?> consumer, List<TopicPartition> partitions)
    {
        _slots.Forget();
        _newlyAssigned.AddRange(partitions);
        List<TopicPartitionOffset> starts = [.. partitions.Select(static p => new TopicPartitionOffset(p, Offset.Unset))];
        Guard(() =>
        {
            // Stable offsets first, changelogs after: whatever these offsets stand for is then in the changelogs up to their ends.
            if (partitions.Count > 0)
            {
                starts = [.. consumer.Committed(partitions, OffsetsTimeout).Select(static o =>
                    o.Offset == Offset.Unset ? new TopicPartitionOffset(o.TopicPartition, Offset.Beginning) : o)];
            }

            _session.Assigned(starts);
        });
        return starts;
    }

    private void OnRemoved(List<TopicPartitionOffset> partitions, Action<IReadOnlyList<TopicPartition>> tell)
    {
        List<TopicPartition> removed = [.. partitions.Select(static p => p.TopicPartition)];
        _slots.Forget();
        _newlyAssigned.RemoveAll(removed.Contains);
        Guard(() => tell(removed));
    }

    /// <summary>
    /// The client assigns what the handler returned and keeps an error to itself: partitions that nobody reads would look like idle ones.
    /// </summary>
    private void CheckAssignment()
    {
        if (_newlyAssigned.Count == 0)
            return;
        List<TopicPartition> assigned = _consumer.Assignment;
        string missing = string.Join(", ", _newlyAssigned.Except(assigned));
        _newlyAssigned.Clear();
        if (missing.Length > 0)
            throw new TransactionFailure($"Could not take the assignment: the client does not read {missing}.");
    }

    private void Guard(Action action)
    {
        if (_closed || _failure is not null)
            return;
        try
        {
            action();
        }
        catch (KafkaException e)
        {
            _failure = TransactionFailure.Of("follow the group", e);
        }
        catch (StreamsException e)
        {
            _failure = e;
        }
        catch (Exception e)
        {
            // Whatever it is, nobody else would ever hear of it, and the group believes that the partitions have moved: join again.
            _failure = new TransactionFailure($"A rebalance could not be followed: {e.Message}", e);
        }
    }

    private void ThrowFailure()
    {
        if (_failure is null)
            return;
        Exception failure = _failure;
        _failure = null;
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }
}
