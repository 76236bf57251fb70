using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>
/// The topics of a run. All tenants together send <paramref name="perMinute"/> events in a minute of event time, one in twenty of them
/// twice; four tenants are one account.
/// </summary>
internal sealed class EngineLoad(KafkaConnection connection, int records, int tenants = 100_000, int perMinute = 600_000)
{
    public const int Partitions = 16;
    private const long Start = 1_777_593_600_000;

    // Several sections of one run have topics of their own.
    private static int _loads;

    private readonly string _prefix = $"bench{Environment.ProcessId}-{Interlocked.Increment(ref _loads)}-";

    public KafkaConnection Connection => connection;

    public int Records => records;

    public int Tenants => tenants;

    public string Events => _prefix + "events";

    /// <summary>The same events with text in them.</summary>
    public string TextEvents => _prefix + "text-events";

    public string Accounts => _prefix + "accounts";

    public string Output(string name) => $"{_prefix}{name}-out";

    public string Application(string name) => _prefix + name;

    public async Task PublishAsync()
    {
        await CreateAsync(Events, Accounts);
        using var publisher = new Publisher(connection, Partitions);
        for (long tenant = 0; tenant < tenants; tenant++) publisher.Send(Accounts, tenant, tenant / 4);
        for (var number = 0; number < records; number++) publisher.Send(Events, TenantOf(number), ReadingOf(number));
    }

    public async Task PublishTextAsync()
    {
        await CreateAsync(TextEvents);
        using var publisher = new Publisher(connection, Partitions);
        var (key, value) = (new byte[TextReading.KeyLength], new byte[TextReading.ValueLength]);
        for (var number = 0; number < records; number++)
        {
            TextReading.Write(TenantOf(number), ReadingOf(number), key, value);
            publisher.Send(TextEvents, key, value);
        }
    }

    public Task CreateAsync(params string[] topics) => CreateAsync(Partitions, topics);

    public async Task CreateAsync(int partitions, params string[] topics)
    {
        using var admin = new AdminClientBuilder(connection.AdminClientConfig()).Build();
        await admin.CreateTopicsAsync(topics.Select(topic => new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = -1 }));
    }

    // A repeated event is the one twenty places before it.
    private static int Original(int number) => number >= 20 && number % 20 == 0 ? number - 19 : number;

    private long TenantOf(int number) => (uint)Original(number) * 2654435761u % (uint)tenants;

    private Reading ReadingOf(int number)
    {
        long original = Original(number);
        return new Reading { Id = original, Time = Start + (original * 60_000 / perMinute), Quantity = original % 1000, Status = original % 16 == 0 ? 404 : 200 };
    }
}
