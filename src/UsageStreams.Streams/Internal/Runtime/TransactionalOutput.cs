using System.Diagnostics;
using Confluent.Kafka;
using UsageStreams.Streams.Internal.Native;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>
/// The output of one thread: always inside a transaction, which the broker learns of with its first record. Full queues make the caller wait.
/// </summary>
internal sealed class TransactionalOutput : SessionOutput
{
    private static readonly TimeSpan InitTimeout = TimeSpan.FromSeconds(60);

    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly NativeProducer _records;
    private readonly TopicLayout _topics;
    private readonly TimeSpan _timeout;

    public TransactionalOutput(ClientFactory clients, TopicLayout topics)
    {
        _topics = topics;
        _timeout = clients.Options.TransactionTimeout;
        _producer = clients.Producer();
        _records = new NativeProducer(_producer);
    }

    /// <summary>Fences whoever had this transactional id, and aborts what it left open.</summary>
    public override void Begin()
    {
        Call("initialise transactions", InitTimeout, static (producer, left) => producer.InitTransactions(left));
        Call("begin a transaction", _timeout, static (producer, _) => producer.BeginTransaction());
    }

    public override int PartitionCount(string topic) => _topics[topic];

    public override void Flush() => Call("flush", _timeout, static (producer, left) =>
    {
        if (producer.Flush(left) > 0)
            throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "records are still not acknowledged"));
    });

    public override void SendOffsets(List<TopicPartitionOffset> offsets, IGroupReader group) => Call(
        "send offsets to the transaction", _timeout, (producer, left) => producer.SendOffsetsToTransaction(offsets, ((GroupMembership)group.Metadata).Native(), left));

    /// <summary>Commits, and begins the next transaction.</summary>
    public override void Commit()
    {
        Call("commit the transaction", _timeout, static (producer, left) => producer.CommitTransaction(left));
        Call("begin a transaction", _timeout, static (producer, _) => producer.BeginTransaction());
    }

    public override void Abort() => _producer.AbortTransaction(_timeout);

    public override void Dispose()
    {
        _records.Dispose();
        _producer.Dispose();
    }

    protected override void Write(in OutputRecord record)
    {
        try
        {
            // Records leave a full queue when they are acknowledged or time out, and a time-out fails the transaction.
            while (!_records.TryProduce(in record))
            {
                _producer.Poll(TimeSpan.FromMilliseconds(10));
                Waiting();
            }
        }
        catch (KafkaException e)
        {
            throw Refusal(in record, e);
        }
    }

    /// <summary>Repeats a call that may be repeated until its time is over.</summary>
    private void Call(string step, TimeSpan timeout, Action<IProducer<byte[]?, byte[]?>, TimeSpan> call)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            TimeSpan left = timeout - Stopwatch.GetElapsedTime(start);
            try
            {
                call(_producer, left > TimeSpan.Zero ? left : TimeSpan.Zero);
                return;
            }
            catch (KafkaRetriableException) when (left > TimeSpan.Zero)
            {
                _producer.Poll(TimeSpan.FromMilliseconds(10));
            }
            catch (KafkaException e)
            {
                throw TransactionFailure.Of(step, e);
            }
        }
    }
}
