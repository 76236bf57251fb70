using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Testing.Simulation.Log;

namespace UsageStreams.Streams.Testing.Simulation.Workers;

/// <summary>A transactional producer: records wait in its queue until the network or a flush takes them to the log.</summary>
internal sealed class SimulatedOutput(SimulatedWorker worker, TopicLayout topics) : SessionOutput, ISimulatedProducer
{
    private readonly SimulatedLog _log = worker.Run.Log;
    private readonly Queue<(TopicPartition Target, LogEntry Entry)> _queue = new();
    private readonly List<(TopicPartition Target, LogEntry Entry)> _late = [];
    private List<TopicPartitionOffset> _lateOffsets = [];
    private Dictionary<TopicPartition, long> _sentOffsets = [];
    private KafkaException? _failure;
    private int _epoch = -1;

    public override void Begin()
    {
        worker.Reach("initialise transactions", Risk.Step);
        worker.MayFail("initialise transactions", "init failed");
        _epoch = _log.Transactions.Initialise(worker.Name);
    }

    public override int PartitionCount(string topic) => topics[topic];

    public override void Flush()
    {
        worker.Reach("flush", Risk.Step);
        if (worker.Run.Breakage != Breakage.CommitBeforeFlush)
            FlushAll();
        worker.Reach("flushed", Risk.Step);
    }

    public override void SendOffsets(List<TopicPartitionOffset> offsets, IGroupReader group)
    {
        var metadata = (GroupMetadata)group.Metadata;
        worker.Reach("send offsets", Risk.Step);
        worker.MayFail("send offsets to the transaction", "offsets failed");
        List<TopicPartitionOffset> sent = [.. offsets];
        switch (worker.Run.Breakage)
        {
            case Breakage.OffsetsAfterCommit:
                (sent, _lateOffsets) = (_lateOffsets, sent);
                break;
            case Breakage.OffsetsOnlyWhenRead:
                sent.RemoveAll(o => _sentOffsets.GetValueOrDefault(o.TopicPartition, worker.StartOf(o.TopicPartition)) == o.Offset.Value);
                break;
        }

        if (sent.Count > 0)
        {
            if (worker.Run.Breakage != Breakage.NoGenerationFencing)
                _log.Group.Verify(metadata);
            _log.Transactions.AddOffsets(worker.Name, _epoch, sent);
            foreach (TopicPartitionOffset offset in sent)
                _sentOffsets[offset.TopicPartition] = offset.Offset.Value;
        }

        worker.MayFail("send offsets to the transaction", "offsets sent, answer lost");
        worker.Reach("offsets sent", Risk.Step);
    }

    public override void Commit()
    {
        worker.Reach("commit", Risk.Step);
        ThrowFailure("commit the transaction");
        worker.MayFail("commit the transaction", "commit failed");
        _epoch = _log.Transactions.End(worker.Name, _epoch, commit: true);
        worker.Run.Trace.Event(worker.Name, "committed");
        worker.MayFail("commit the transaction", "commit outcome unknown");
        worker.Reach("after commit", Risk.Step);
        FlushAll();
        foreach ((TopicPartition target, LogEntry entry) in _late)
            _queue.Enqueue((target, entry));
        _late.Clear();
    }

    public override void Abort()
    {
        worker.Reach("abort", Risk.Step);
        _queue.Clear();
        worker.MayFail("abort the transaction", "abort failed");
        _epoch = _log.Transactions.End(worker.Name, _epoch, commit: false);
        worker.Run.Trace.Event(worker.Name, "aborted");
    }

    public override void Dispose() => _queue.Clear();

    /// <summary>The network takes a few records to the log.</summary>
    public void Transmit(int count)
    {
        try
        {
            while (_failure is null && count-- > 0 && _queue.TryDequeue(out (TopicPartition Target, LogEntry Entry) next))
                _log.Transactions.Produce(worker.Name, _epoch, next.Target, next.Entry);
        }
        catch (TransactionFailure e)
        {
            _failure = (KafkaException)e.InnerException!;
        }
    }

    /// <summary>What was under way when the process ended: it may still arrive, in its order.</summary>
    public Action? InFlight(int count)
    {
        (TopicPartition Target, LogEntry Entry)[] records = [.. _queue.Take(count)];
        _queue.Clear();
        int epoch = _epoch;
        return records.Length == 0 ? null : () =>
        {
            foreach ((TopicPartition target, LogEntry entry) in records)
                _log.Transactions.Produce(worker.Name, epoch, target, entry);
        };
    }

    protected override void Write(in OutputRecord record)
    {
        worker.Reach("send", Risk.Record);
        var target = new TopicPartition(record.Topic, record.Partition);
        var entry = new LogEntry(
            record.HasKey ? record.Key.ToArray() : null,
            record.HasValue ? record.Value.ToArray() : null,
            record.Headers,
            record.Timestamp == OutputRecord.Now ? _log.UnixNow : record.Timestamp,
            null,
            IsMarker: false);
        if (worker.Run.Breakage == Breakage.ChangelogAfterCommit && record.Topic.EndsWith("-changelog", StringComparison.Ordinal))
            _late.Add((target, entry));
        else
            _queue.Enqueue((target, entry));
    }

    private void FlushAll()
    {
        if (worker.Run.FaultsOn && _queue.Count > 0 && worker.Run.Random.PerMille(8))
        {
            Transmit(worker.Run.Random.Next(_queue.Count));
            worker.Run.Trace.Fault(worker.Name, "send failed");
            _failure ??= new KafkaException(new Error(ErrorCode.Local_MsgTimedOut, "a record was not acknowledged in time"));
        }

        Transmit(int.MaxValue);
        ThrowFailure("flush");
    }

    private void ThrowFailure(string step)
    {
        if (_failure is not null)
            throw TransactionFailure.Of(step, _failure);
    }
}
