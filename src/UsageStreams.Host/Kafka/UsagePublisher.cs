using System.Buffers;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using UsageStreams.Model;

namespace UsageStreams.Host.Kafka;

/// <summary>
/// Publishes usage in Kafka transactions: what lies between <see cref="Begin"/> and <see cref="Commit"/> is seen as a whole or not at all.
/// A second publisher of the same name takes over from the first, whose open transaction is aborted.
/// </summary>
internal sealed class UsagePublisher : IDisposable
{
    /// <summary>Header of a watermark record; see docs/engine.md.</summary>
    public const string WatermarkHeader = "us-watermark";

    private const string UpstreamHeader = "us-upstream";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly KafkaAccess _access;
    private readonly UsageValues _values;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly Lazy<IReadOnlyList<TopicPartition>> _eventPartitions;

    /// <param name="access">Where to.</param>
    /// <param name="values">Serdes of the topics' values.</param>
    /// <param name="name">The publisher's name: its transactional id, behind the topics' prefix.</param>
    /// <exception cref="HostException">Kafka can't be reached or refuses.</exception>
    public UsagePublisher(KafkaAccess access, UsageValues values, string name)
    {
        _access = access;
        _values = values;
        _producer = new ProducerBuilder<byte[], byte[]>(access.Producer(name)).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        _eventPartitions = new Lazy<IReadOnlyList<TopicPartition>>(() => TopicReader.Partitions(access, access.Topics.Events));
        try
        {
            Try("taking over the transactional id " + name, () => _producer.InitTransactions(Patience));
        }
        catch
        {
            _producer.Dispose();
            throw;
        }
    }

    /// <summary>Begins a transaction.</summary>
    public void Begin() => Try("beginning a transaction", _producer.BeginTransaction);

    /// <summary>Commits it; when that fails, it is aborted and nothing of it is seen.</summary>
    public void Commit() => Try("committing a transaction", () => _producer.CommitTransaction(Patience));

    /// <summary>Aborts it.</summary>
    public void Abort() => Try("aborting a transaction", () => _producer.AbortTransaction(Patience));

    /// <summary>Publishes an event under its tenant.</summary>
    /// <param name="usage">The event.</param>
    /// <param name="traceparent">Trace context it came with; computed when null.</param>
    /// <param name="key">The record's key, when it is not the tenant.</param>
    public void Publish(UsageEvent usage, string? traceparent = null, string? key = null) => Produce(
        _access.Topics.Events, Encoding.UTF8.GetBytes(key ?? usage.Tenant), _values.Bytes(_access.Topics.Events, usage), TraceHeaders.Of(usage, traceparent));

    /// <summary>Publishes bytes as they are where events are expected.</summary>
    public void PublishBytes(string key, byte[] value) => Produce(_access.Topics.Events, Encoding.UTF8.GetBytes(key), value, []);

    /// <summary>Publishes what could not become an event.</summary>
    public void Reject(RejectedEvent rejected) =>
        Produce(_access.Topics.Rejected, rejected.Key!, _values.Bytes(_access.Topics.Rejected, rejected), []);

    /// <summary>Says how far a source was published.</summary>
    public void Progress(ImportProgress progress) =>
        Produce(_access.Topics.Imports, Encoding.UTF8.GetBytes(progress.Source), _values.Bytes(_access.Topics.Imports, progress), []);

    /// <summary>Publishes any value under any key.</summary>
    public void Publish<T>(string topic, string key, T value)
        where T : class, Avro.IAvroRecord<T> => Produce(topic, Encoding.UTF8.GetBytes(key), _values.Bytes(topic, value), []);

    /// <summary>Takes a key out of a compacted topic.</summary>
    public void Delete(string topic, string key) => Produce(topic, Encoding.UTF8.GetBytes(key), null!, []);

    /// <summary>Promises every partition of the events' topic that nothing before <paramref name="time"/> will come.</summary>
    public void Complete(DateTimeOffset time)
    {
        var text = Encoding.ASCII.GetBytes(time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        foreach (var partition in _eventPartitions.Value)
        {
            var message = new Message<byte[], byte[]> { Key = null!, Value = null!, Headers = new Headers { { WatermarkHeader, text } } };
            Try("publishing a watermark", () => _producer.Produce(partition, message));
        }
    }

    /// <summary>Makes an application known to the readers of a topic that it will write: their stream time waits for each of its tasks.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="upstream">The sub-topology that will write it.</param>
    /// <param name="partitions">How many tasks it has.</param>
    public void AnnounceUpstream(string topic, string upstream, int partitions)
    {
        var found = TopicReader.Partitions(_access, topic);
        if (found.Count == 0)
            throw new HostException(ExitCodes.Unreachable, $"Kafka does not tell the partitions of {topic} yet, so that {upstream} can't be announced there. Run the command again.");
        foreach (var partition in found)
        {
            for (var task = 0; task < partitions; task++)
            {
                var headers = new Headers
                {
                    { WatermarkHeader, "0"u8.ToArray() },
                    { UpstreamHeader, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{upstream}/{task}/{partitions}")) },
                };
                Try("announcing " + upstream, () => _producer.Produce(partition, new Message<byte[], byte[]> { Key = null!, Value = null!, Headers = headers }));
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _producer.Dispose();

    private void Produce(string topic, byte[] key, byte[] value, Headers headers)
    {
        var message = new Message<byte[], byte[]> { Key = key, Value = value, Headers = headers };
        while (true)
        {
            try
            {
                _producer.Produce(topic, message);
                return;
            }
            catch (ProduceException<byte[], byte[]> error) when (error.Error.Code == ErrorCode.Local_QueueFull)
            {
                _producer.Poll(TimeSpan.FromMilliseconds(50));
            }
            catch (KafkaException error)
            {
                throw Unreachable.Kafka(_access, "publishing to " + topic, error);
            }
        }
    }

    private void Try(string doing, Action action)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                action();
                return;
            }
            catch (KafkaRetriableException) when (attempt < 3)
            {
                // The client says that the same call may succeed; each attempt has its own patience.
            }
            catch (KafkaTxnRequiresAbortException error)
            {
                _producer.AbortTransaction(Patience);
                throw Unreachable.Kafka(_access, doing + " (it was aborted: nothing of it counts)", error);
            }
            catch (KafkaException error)
            {
                throw Unreachable.Kafka(_access, doing, error);
            }
        }
    }
}
