using System.Buffers;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Avro;
using UsageStreams.Avro.Registry;
using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Benchmarks.Metering;

/// <summary>Web requests of 1,000 tenants of 250 accounts, with reference data for them.</summary>
internal static class MeteringLoad
{
    private const int Tenants = 1000;
    private const int Accounts = 250;

    /// <summary>Publishes references, and events that happened 20 ms apart until now.</summary>
    public static async Task PublishAsync(KafkaConnection connection, UsageSerdes serdes, int records)
    {
        await PublishReferencesAsync(connection, serdes);
        using var producer = new ProducerBuilder<byte[], byte[]>(Config(connection)).Build();
        var start = TimeProvider.System.GetUtcNow().AddMilliseconds(-20L * records);
        Publish(producer, serdes.Topics.Events, serdes.Registry, Enumerable.Range(0, records).Select(number => EventOf(number, start.AddMilliseconds(20L * number))), usage => usage.Tenant);
    }

    /// <summary>Publishes what events are counted by.</summary>
    public static async Task PublishReferencesAsync(KafkaConnection connection, UsageSerdes serdes)
    {
        var topics = serdes.Topics;
        using var admin = new AdminClientBuilder(connection.AdminClientConfig()).Build();
        await admin.CreateTopicsAsync(TopicCatalogue.All(topics).Select(topic => new TopicSpecification
        {
            Name = topic.Name,
            NumPartitions = topic.Partitions,
            ReplicationFactor = -1,
            Configs = new Dictionary<string, string>(topic.Settings, StringComparer.Ordinal),
        }));
        using var producer = new ProducerBuilder<byte[], byte[]>(Config(connection)).Build();
        Publish(producer, topics.Metrics, serdes.Registry, Metrics(), metric => $"{metric.Code}@{metric.Version}");
        Publish(producer, topics.Contracts, serdes.Registry, Enumerable.Range(0, Accounts).Select(ContractOf), contract => contract.Id);
        Publish(producer, topics.Accounts, serdes.Registry, Enumerable.Range(0, Accounts).Select(AccountOf), account => account.Id);
        Publish(producer, topics.Tenants, serdes.Registry, Enumerable.Range(0, Tenants).Select(TenantOf), tenant => tenant.Id);
    }

    /// <summary>The tenants, by number.</summary>
    public static IEnumerable<string> TenantNames => Enumerable.Range(0, Tenants).Select(static number => $"t{number}");

    /// <summary>Account of a tenant.</summary>
    public static string AccountOf(uint tenant) => $"a{tenant % Accounts}";

    private static ProducerConfig Config(KafkaConnection connection)
    {
        var config = connection.ProducerConfig();
        config.LingerMs = 20;
        config.EnableDeliveryReports = false;
        config.QueueBufferingMaxMessages = 1_000_000;
        return config;
    }

    private static void Publish<T>(IProducer<byte[], byte[]> producer, string topic, SchemaRegistryClient registry, IEnumerable<T> values, Func<T, string> key)
        where T : class, IAvroRecord<T>
    {
        var serializer = new AvroRecordSerializer<T>(registry, topic + "-value");
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var value in values)
        {
            buffer.ResetWrittenCount();
            serializer.Serialize(value, buffer);
            Produce(producer, topic, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key(value)), Value = buffer.WrittenSpan.ToArray() });
        }

        producer.Flush();
    }

    private static void Produce(IProducer<byte[], byte[]> producer, string topic, Message<byte[], byte[]> message)
    {
        while (true)
        {
            try
            {
                producer.Produce(topic, message);
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    /// <summary>An event.</summary>
    public static UsageEvent EventOf(int number, DateTimeOffset time)
    {
        var mixed = (uint)number * 2654435761u;
        return new UsageEvent
        {
            Id = $"e{number}",
            Source = "bench",
            Type = "http.request",
            Tenant = $"t{TenantOfEvent(number)}",
            User = $"u{mixed / Tenants % 50}",
            Product = "site",
            Time = time,
            Quantity = mixed % 100_000,
            Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["status"] = mixed % 20 == 0 ? "404" : "200", ["feature"] = "search" },
        };
    }

    /// <summary>Number of an event's tenant.</summary>
    public static uint TenantOfEvent(int number) => (uint)number * 2654435761u % Tenants;

    private static Tenant TenantOf(int number) =>
        new() { Id = $"t{number}", Assignments = [new TenantAssignment { From = DateTimeOffset.UnixEpoch, Account = $"a{number % Accounts}" }] };

    private static Account AccountOf(int number) => new()
    {
        Id = $"a{number}",
        Name = $"Account {number}",
        LegalEntity = "LE-1",
        SoldTo = $"CUST-{number}",
        BillTo = $"CUST-{number}",
        CrmAccount = $"CRM-{number}",
        Contracts = [$"C-a{number}"],
    };

    private static Contract ContractOf(int number) => new()
    {
        Id = $"C-a{number}",
        Account = $"a{number}",
        From = DateTimeOffset.UnixEpoch,
        Currency = "USD",
        CurrencyDigits = 2,
        Zone = "UTC",
        AnchorDay = 1,
        Lines = [new ContractLine { Metric = "api.calls", Item = "API-CALLS", Included = 50, UnitPrice = 0.005m }],
    };

    private static IEnumerable<Metric> Metrics()
    {
        var calls = new Metric
        {
            Code = "api.calls",
            Version = 1,
            From = DateTimeOffset.UnixEpoch,
            EventTypes = ["http.request"],
            Filter = "status >= 200 and status < 400",
            Aggregation = Aggregation.Count,
            Unit = "call",
            Window = MetricWindow.Hour,
            GraceMillis = 600_000,
            Owner = "finance",
        };
        var all = calls with { Filter = "" };
        return [calls, all with { Code = "bytes.out", Aggregation = Aggregation.Sum, Unit = "byte" }, all with { Code = "active.users", Aggregation = Aggregation.Unique, Value = "user", Unit = "user" }];
    }
}
