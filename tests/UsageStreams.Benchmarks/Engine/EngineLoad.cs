using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Streams;
using UsageStreams.Streams.Internal.Native;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>
/// The topics of a run. 100,000 tenants send 10,000 events a second in all, one in twenty of them twice; four tenants are one account.
/// </summary>
internal sealed class EngineLoad(KafkaConnection connection, int records)
{
    public const int Partitions = 16;
    public const int Tenants = 100_000;
    private const long Start = 1_777_593_600_000;

    private readonly string _prefix = $"bench{Environment.ProcessId}-";

    public KafkaConnection Connection => connection;

    public int Records => records;

    public string Events => _prefix + "events";

    public string Accounts => _prefix + "accounts";

    public string Output(string name) => $"{_prefix}{name}-out";

    public string Application(string name) => _prefix + name;

    public async Task PublishAsync()
    {
        await CreateAsync(Events, Accounts);
        var config = connection.ProducerConfig();
        config.LingerMs = 20;
        config.EnableDeliveryReports = false;
        config.QueueBufferingMaxMessages = 1_000_000;
        using var producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        using var topics = new NativeProducer(producer);
        for (long tenant = 0; tenant < Tenants; tenant++) Send(producer, topics, Accounts, tenant, tenant / 4);
        for (var number = 0; number < records; number++) Send(producer, topics, Events, TenantOf(number), ReadingOf(number));
        while (producer.Flush(TimeSpan.FromSeconds(10)) > 0) await Console.Error.WriteLineAsync("still publishing");
    }

    public async Task CreateAsync(params string[] topics)
    {
        using var admin = new AdminClientBuilder(connection.AdminClientConfig()).Build();
        await admin.CreateTopicsAsync(topics.Select(topic => new TopicSpecification { Name = topic, NumPartitions = Partitions, ReplicationFactor = -1 }));
    }

    private static void Send<T>(IProducer<byte[], byte[]> producer, NativeProducer topics, string topic, long key, T value)
        where T : unmanaged
    {
        var keyBytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in key));
        var record = new OutputRecord(topic, Partitioners.Murmur2(keyBytes, Partitions))
        {
            Key = keyBytes,
            HasKey = true,
            Value = System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)),
            HasValue = true,
        };
        while (!topics.TryProduce(in record)) producer.Poll(TimeSpan.FromMilliseconds(10));
    }

    // A repeated event is the one twenty places before it.
    private static int Original(int number) => number >= 20 && number % 20 == 0 ? number - 19 : number;

    private static long TenantOf(int number) => (uint)Original(number) * 2654435761u % Tenants;

    private static Reading ReadingOf(int number)
    {
        var original = Original(number);
        return new Reading { Id = original, Time = Start + (original / 10), Quantity = original % 1000, Status = original % 16 == 0 ? 404 : 200 };
    }
}
