using System.Buffers;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Avro;
using UsageStreams.Embedded.Requests;
using UsageStreams.Integration.Engine;
using UsageStreams.Model;
using UsageStreams.Oracle.Run;
using UsageStreams.Protocol;
using UsageStreams.Streams;
using UsageStreams.Topology;
using UsageStreams.Topology.Metering;

namespace UsageStreams.Integration.Chain;

/// <summary>A producer that is told its publish failed, though it didn't, and publishes again.</summary>
public sealed class RetriedPublishTests
{
    private const string Careless = "careless";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly UsageSerdes _serdes = new(TestRegistry.Client(), new UsageTopics());
    private int _answersToLose = 1;

    [Fact]
    public async Task An_event_that_is_published_again_after_a_publish_that_seemed_to_fail_is_counted_once()
    {
        await using var kafka = new KafkaUnderTest { Fault = Decide };
        await kafka.InitializeAsync();
        await CreateTopicsAsync(kafka.Connection);
        using var producer = new ProducerBuilder<byte[], byte[]>(CarelessConfig(kafka.Connection)).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        var usage = EventOf("t1");

        await Should.ThrowAsync<ProduceException<byte[], byte[]>>(PublishAsync(producer, _serdes.Topics.Events, "t1", usage));
        PublishReferences(producer);
        await PublishAsync(producer, _serdes.Topics.Events, "t1", usage);
        using var state = new StateFolder();
        var options = new StreamsOptions { ApplicationId = _serdes.Topics.MeteringApplication, Connection = kafka.Connection, StateDirectory = state.Path };
        await using var streams = new KafkaStreams(MeteringTopology.Build(_serdes), options, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);

        var outcomes = Last<EventOutcomes>(kafka, _serdes.Topics.Outcomes, static outcomes => outcomes.Read == 2);
        (outcomes.Counted, outcomes.Duplicate).ShouldBe((1, 1));
        var running = Last<RunningTotal>(kafka, _serdes.Topics.Running, static _ => true);
        (running.Quantity, running.Count).ShouldBe((5, 1));
    }

    // The broker does what it is asked, and its answer gets lost: what the producer can't know.
    private RequestFault Decide(ApiKey key, string client) =>
        key == ApiKey.Produce && client.StartsWith(Careless, StringComparison.Ordinal) && Interlocked.Decrement(ref _answersToLose) >= 0 ? new RequestFault(null, LosesAnswer: true) : default;

    private static ProducerConfig CarelessConfig(KafkaConnection connection) =>
        new() { BootstrapServers = connection.BootstrapServers, ClientId = Careless, Acks = Acks.All, EnableIdempotence = false, MessageSendMaxRetries = 0 };

    private async Task CreateTopicsAsync(KafkaConnection connection)
    {
        using var admin = new AdminClientBuilder(connection.AdminClientConfig()).Build();
        await admin.CreateTopicsAsync(TopicCatalogue.All(_serdes.Topics, partitions: 2)
            .Select(static topic => new TopicSpecification { Name = topic.Name, NumPartitions = topic.Partitions, ReplicationFactor = 1, Configs = new Dictionary<string, string>(topic.Settings, StringComparer.Ordinal) }));
    }

    private void PublishReferences(IProducer<byte[], byte[]> producer)
    {
        var from = DateTimeOffset.UnixEpoch;
        var topics = _serdes.Topics;
        Publish(topics.Metrics, "sum@1", new Metric { Code = "sum", Version = 1, From = from, EventTypes = ["used"], Aggregation = Aggregation.Sum, Unit = "unit", Window = MetricWindow.Hour, GraceMillis = 0, Owner = "finance" });
        Publish(topics.Contracts, "c", new Contract { Id = "c", Account = "a", From = from, Currency = "USD", CurrencyDigits = 2, Zone = "UTC", AnchorDay = 1, Lines = [] });
        Publish(topics.Accounts, "a", new Account { Id = "a", Name = "a", LegalEntity = "1", SoldTo = "a", BillTo = "a", CrmAccount = "a", Contracts = ["c"] });
        Publish(topics.Tenants, "t1", new Tenant { Id = "t1", Assignments = [new TenantAssignment { From = from, Account = "a" }] });
        producer.Flush(Deadline).ShouldBe(0);

        void Publish<T>(string topic, string key, T value)
            where T : class, IAvroRecord<T> => producer.Produce(topic, MessageOf(topic, key, value));
    }

    private Task PublishAsync(IProducer<byte[], byte[]> producer, string topic, string key, UsageEvent usage) =>
        producer.ProduceAsync(topic, MessageOf(topic, key, usage), TestContext.Current.CancellationToken);

    private Message<byte[], byte[]> MessageOf<T>(string topic, string key, T value)
        where T : class, IAvroRecord<T>
    {
        var bytes = new ArrayBufferWriter<byte>();
        new AvroSerde<T>(_serdes.Registry, topic + "-value").Serialize(value, bytes);
        return new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = bytes.WrittenSpan.ToArray() };
    }

    private T Last<T>(KafkaUnderTest kafka, string topic, Func<T, bool> enough)
        where T : class, IAvroRecord<T>
    {
        var serde = new AvroSerde<T>(_serdes.Registry, topic + "-value");
        return serde.Deserialize(kafka.Read(topic, records => records.Count > 0 && enough(serde.Deserialize(records[^1].Value)))[^1].Value);
    }

    private static UsageEvent EventOf(string tenant) => new()
    {
        Id = "1",
        Source = "web",
        Type = "used",
        Tenant = tenant,
        Product = "app",
        Time = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()),
        Quantity = 5,
    };

    private sealed class StateFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("usagestreams-state-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
