using System.Diagnostics;
using Confluent.Kafka;
using UsageStreams.Streams.Internal.Native;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Internal.Wire;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>The output of one thread, always inside a transaction, by the engine's own producer. A full outbox makes the caller wait.</summary>
internal sealed class WireOutput(WireSettings settings, TopicLayout topics, Microsoft.Extensions.Logging.ILogger logger) : SessionOutput
{
    private static readonly TimeSpan InitTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);

    // As long as the native producer waits for more.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(5);

    private readonly WireProducer _producer = new(settings, topic => topics[topic], logger);

    private long _lastSent;
    private long _now;
    private long _tick = long.MinValue;

    /// <summary>Fences whoever had this transactional id, and aborts what it left open.</summary>
    public override void Begin() => Call("initialise transactions", stopping => _producer.Transaction.InitAsync(InitTimeout, stopping));

    public override int PartitionCount(string topic) => topics[topic];

    public override TimeSpan SendOn()
    {
        if (!_producer.Outbox.HasOpen)
            return TimeSpan.MaxValue;
        TimeSpan since = Stopwatch.GetElapsedTime(_lastSent);
        if (since < Linger)
            return Linger - since;
        _producer.Outbox.SealAll();
        _lastSent = Stopwatch.GetTimestamp();
        return TimeSpan.MaxValue;
    }

    public override void Flush()
    {
        long start = Stopwatch.GetTimestamp();
        _producer.Outbox.SealAll();
        while (!_producer.Outbox.WaitUntilEmpty(Slice))
        {
            Waiting();
            ThrowFailure();
            if (Stopwatch.GetElapsedTime(start) > settings.TransactionTimeout)
                throw TransactionFailure.Of("flush", new KafkaException(new Error(ErrorCode.Local_TimedOut, "records are still not acknowledged")));
        }

        ThrowFailure();
    }

    public override void SendOffsets(List<TopicPartitionOffset> offsets, IGroupReader group) => Call(
        "send offsets to the transaction", stopping => _producer.Transaction.CommitOffsetsAsync((GroupMembership)group.Metadata, offsets, settings.TransactionTimeout, stopping));

    /// <summary>Commits; the next transaction begins with its first record.</summary>
    public override void Commit()
    {
        Call("commit the transaction", stopping => _producer.Transaction.EndAsync(commit: true, settings.TransactionTimeout, stopping));
        _producer.Outbox.BeginTransaction();
    }

    public override void Abort()
    {
        if (!_producer.Outbox.GiveUp(AbortTimeout))
            throw new TransactionFailure($"Records are on their way to a broker that has not answered for {AbortTimeout}: the next session ends the transaction.");
        Call("abort the transaction", stopping => _producer.Transaction.EndAsync(commit: false, AbortTimeout, stopping));
    }

    public override void Dispose() => _producer.Dispose();

    protected override void Write(in OutputRecord record)
    {
        if (record.Key.Length + record.Value.Length > settings.LargestRecord)
        {
            throw Refusal(in record, new KafkaException(new Error(
                ErrorCode.MsgSizeTooLarge, $"{record.Key.Length + record.Value.Length} bytes of key and value, where message.max.bytes is {settings.LargestRecord}")));
        }

        if (_producer.Outbox.IsFull)
            WaitForRoom();
        _producer.Outbox.Add(in record, record.Timestamp == OutputRecord.Now ? Now() : record.Timestamp);
    }

    /// <summary>The wall clock, Unix ms, asked again whenever the coarse one has moved: a few ms apart, and a fifth of the price.</summary>
    private long Now()
    {
        long tick = Environment.TickCount64;
        if (tick != _tick)
            (_tick, _now) = (tick, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        return _now;
    }

    private void WaitForRoom()
    {
        long start = Stopwatch.GetTimestamp();
        while (_producer.Outbox.IsFull)
        {
            _producer.Outbox.WaitForRoom(Slice);
            Waiting();
            ThrowFailure();
            if (Stopwatch.GetElapsedTime(start) > settings.TransactionTimeout)
                throw TransactionFailure.Of("write", new KafkaException(new Error(ErrorCode.Local_MsgTimedOut, "the queue is full, and nothing is acknowledged")));
        }
    }

    private void Call(string step, Func<CancellationToken, Task> call)
    {
        Task task = call(_producer.Stopping);
        try
        {
            while (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(Slice))
                Waiting();
            task.GetAwaiter().GetResult();
        }
        catch (KafkaException e)
        {
            throw TransactionFailure.Of(step, e);
        }
    }

    private void ThrowFailure()
    {
        if (_producer.Outbox.Failure is not { } failure)
            return;
        var cause = new KafkaException(failure.Reason is null ? new Error(failure.Code) : new Error(failure.Code, failure.Reason));
        throw TransactionFailure.Of($"deliver to topic '{failure.Topic}' partition {failure.Partition}", cause);
    }
}
