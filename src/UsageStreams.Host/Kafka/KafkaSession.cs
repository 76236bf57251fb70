using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Avro.Registry;
using UsageStreams.Topology;
using UsageStreams.Topology.Regions;

namespace UsageStreams.Host.Kafka;

/// <summary>Kafka and the registry, known to be there.</summary>
internal sealed class KafkaSession : IDisposable
{
    private static readonly TimeSpan ReachLimit = TimeSpan.FromSeconds(10);

    private readonly KafkaAccess _access;
    private readonly SchemaRegistryClient _registry;

    private KafkaSession(KafkaAccess access, SchemaRegistryClient registry)
    {
        _access = access;
        _registry = registry;
        Values = new UsageValues(registry);
    }

    /// <summary>The registry.</summary>
    public SchemaRegistryClient Registry => _registry;

    /// <summary>Values of the topics.</summary>
    public UsageValues Values { get; }

    /// <summary>Asks both whether they are there.</summary>
    /// <exception cref="UsageStreams.Streams.KafkaUnreachableException">Kafka isn't.</exception>
    /// <exception cref="SchemaRegistryException">The registry isn't.</exception>
    public static async Task<KafkaSession> OpenAsync(KafkaAccess access, CancellationToken cancellation)
    {
        await Task.Run(() => access.Connection.EnsureReachable(ReachLimit), cancellation);
        var registry = new SchemaRegistryClient(access.Registry);
        try
        {
            await Task.Run(() => registry.Ping(cancellation), cancellation);
            return new KafkaSession(access, registry);
        }
        catch
        {
            registry.Dispose();
            throw;
        }
    }

    /// <summary>Creates the topics that are missing and registers all schemas, so that what doesn't fit shows before anything runs.</summary>
    /// <param name="partitions">Partitions of new topics.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>Names of the topics created.</returns>
    public async Task<IReadOnlyList<string>> CreateTopicsAsync(int partitions, CancellationToken cancellation)
    {
        var catalogue = TopicCatalogue.All(_access.Topics, partitions);
        await Task.Run(() => catalogue.ToList().ForEach(topic => _registry.Register(topic.Subject, topic.Value, cancellation)), cancellation);

        using var admin = new AdminClientBuilder(_access.Connection.AdminClientConfig())
            .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        var there = TopicReader.Partitions(_access, [.. catalogue.Select(static topic => topic.Name)]).Select(static partition => partition.Topic).ToHashSet(StringComparer.Ordinal);
        var missing = catalogue.Where(topic => !there.Contains(topic.Name)).ToList();
        if (missing.Count == 0)
            return [];
        // The global ledger must know of a region before the region can write: billing then waits for it from the beginning.
        if (_access.Topics.Region.Length > 0 && missing.Find(topic => topic.Name == _access.Topics.Ledger) is { } ledger)
        {
            await CreateAsync(admin, missing.Where(topic => topic != ledger));
            await Task.Run(() => AnnounceRegion(ledger.Partitions), cancellation);
            await CreateAsync(admin, [ledger]);
        }
        else
        {
            await CreateAsync(admin, missing);
        }

        return [.. missing.Select(static topic => topic.Name)];
    }

    private async Task CreateAsync(IAdminClient admin, IEnumerable<TopicDefinition> topics)
    {
        try
        {
            await admin.CreateTopicsAsync(topics.Select(static topic => new TopicSpecification
            {
                Name = topic.Name, NumPartitions = topic.Partitions, ReplicationFactor = -1, Configs = new Dictionary<string, string>(topic.Settings),
            }));
        }
        catch (CreateTopicsException error) when (error.Results.All(static result => !result.Error.IsError || result.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            // Another process was quicker.
        }
        catch (KafkaException error)
        {
            throw Unreachable.Kafka(_access, "creating the topics", error);
        }
    }

    private void AnnounceRegion(int partitions)
    {
        using var publisher = new UsagePublisher(_access, Values, "announce");
        publisher.Begin();
        publisher.AnnounceUpstream(_access.Topics.Global.Ledger, RegionExportTopology.UpstreamOf(_access.Topics.Region), partitions);
        publisher.Commit();
    }

    /// <summary>The same with the default number of partitions.</summary>
    public Task<IReadOnlyList<string>> CreateTopicsAsync(CancellationToken cancellation) => CreateTopicsAsync(TopicCatalogue.DefaultPartitions, cancellation);

    /// <inheritdoc />
    public void Dispose() => _registry.Dispose();
}
