using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Testing.Simulation.Log;

namespace UsageStreams.Streams.Testing.Simulation.Workers;

/// <summary>A producer without transactions: whatever reaches the log stays there. A record that does not is told at the next flush.</summary>
internal sealed class SimulatedPlainOutput(SimulatedWorker worker, TopicLayout topics) : SessionOutput, ISimulatedProducer
{
    private readonly SimulatedLog _log = worker.Run.Log;
    private readonly Queue<(TopicPartition Target, LogEntry Entry)> _queue = new();
    private int _lost;

    public override void Begin()
    {
    }

    public override int PartitionCount(string topic) => topics[topic];

    public override void Flush()
    {
        worker.Reach("flush", Risk.Step);
        if (worker.Run.Breakage == Breakage.CommitBeforeFlush)
            return;
        if (worker.Run.FaultsOn && _queue.Count > 0 && worker.Run.Random.PerMille(8))
            Lose();
        Transmit(int.MaxValue);
        worker.Reach("flushed", Risk.Step);
        if (_lost > 0)
            throw TransactionFailure.Of("deliver", new KafkaException(new Error(ErrorCode.Local_MsgTimedOut, $"{_lost} records were given up")));
    }

    public override void SendOffsets(List<TopicPartitionOffset> offsets, IGroupReader group) => group.Commit(offsets);

    public override void Commit() => worker.Reach("after commit", Risk.Step);

    public override void Abort()
    {
        worker.Reach("abort", Risk.Step);
        _queue.Clear();
    }

    public override void Dispose() => _queue.Clear();

    public void Transmit(int count)
    {
        while (count-- > 0 && _queue.TryDequeue(out (TopicPartition Target, LogEntry Entry) next))
            _log[next.Target].Append(next.Entry);
    }

    public Action? InFlight(int count)
    {
        (TopicPartition Target, LogEntry Entry)[] records = [.. _queue.Take(count)];
        _queue.Clear();
        return records.Length == 0 ? null : () =>
        {
            foreach ((TopicPartition target, LogEntry entry) in records)
                _log[target].Append(entry);
        };
    }

    protected override void Write(in OutputRecord record)
    {
        worker.Reach("send", Risk.Record);
        _queue.Enqueue((new TopicPartition(record.Topic, record.Partition), new LogEntry(
            record.HasKey ? record.Key.ToArray() : null,
            record.HasValue ? record.Value.ToArray() : null,
            record.Headers,
            record.Timestamp == OutputRecord.Now ? _log.UnixNow : record.Timestamp,
            null,
            IsMarker: false)));
    }

    private void Lose()
    {
        worker.Run.Trace.Fault(worker.Name, "send failed");
        Transmit(worker.Run.Random.Next(_queue.Count));
        _queue.Dequeue();
        _lost++;
    }
}
