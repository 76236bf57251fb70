using System.Diagnostics;
using Confluent.Kafka;
using UsageStreams.Streams.Internal.Native;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>
/// The output of one thread, at least once: no transaction. Offsets are committed only after every record before them is acknowledged; a
/// record that is given up fails the session, so that what it came from is read again.
/// </summary>
internal sealed class IdempotentOutput : SessionOutput
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);

    private readonly IdempotentClient _client;
    private readonly NativeProducer _records;
    private readonly TopicLayout _topics;
    private readonly TimeSpan _timeout;

    public IdempotentOutput(ClientFactory clients, TopicLayout topics)
    {
        _topics = topics;
        _timeout = clients.Options.MaxPollInterval;
        _client = clients.IdempotentProducer();
        _records = new NativeProducer(_client);
    }

    /// <summary>Nothing to begin: nobody is fenced.</summary>
    public override void Begin()
    {
    }

    public override int PartitionCount(string topic) => _topics[topic];

    public override void Flush()
    {
        long start = Stopwatch.GetTimestamp();
        while (!_client.Flush(Slice))
        {
            Waiting();
            ThrowFailure();
            if (Stopwatch.GetElapsedTime(start) > _timeout)
                throw new TransactionFailure($"Records are still not acknowledged after {_timeout}.");
        }

        ThrowFailure();
    }

    public override void SendOffsets(List<TopicPartitionOffset> offsets, IGroupReader group) => group.Commit(offsets);

    /// <summary>The offsets are committed already.</summary>
    public override void Commit()
    {
    }

    public override void Abort() => _client.Purge();

    /// <summary>Ends the producer, with its records: it owns the client.</summary>
    public override void Dispose() => _records.Dispose();

    protected override void Write(in OutputRecord record)
    {
        try
        {
            // Records leave a full queue when they are acknowledged or given up.
            while (!_records.TryProduce(in record))
            {
                _client.Poll(Slice);
                Waiting();
                ThrowFailure();
            }
        }
        catch (KafkaException e)
        {
            throw Refusal(in record, e);
        }
    }

    private void ThrowFailure()
    {
        if (_client.FirstFailure is not { } first)
            return;
        string reason = $"the first of {_client.Failed} records that were given up";
        throw TransactionFailure.Of($"deliver to topic '{first.Topic}' partition {first.Partition}", new KafkaException(new Error(first.Code, reason)));
    }
}
