using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace UsageStreams.Embedded.Registry.Log;

/// <summary>The topic that holds the registry: one partition, compacted. Makes it, checks it, and tells where it ends.</summary>
internal sealed class SchemasTopic : IDisposable
{
    private const string CleanupPolicy = "cleanup.policy";

    private readonly IAdminClient _admin;
    private readonly EmbeddedRegistryOptions _options;

    public SchemasTopic(EmbeddedRegistryOptions options)
    {
        _options = options;
        var settings = new AdminClientConfig(KafkaSettings.Of(options)) { BootstrapServers = options.BootstrapServers };
        _admin = new AdminClientBuilder(settings).SetLogHandler(KafkaSettings.Silent).Build();
    }

    public TopicPartition Partition => new(_options.Topic, 0);

    /// <summary>Makes the topic when it is not there; otherwise checks that it is as a registry needs it.</summary>
    /// <exception cref="EmbeddedRegistryException">It has more than one partition or is not compacted.</exception>
    public async Task EnsureAsync()
    {
        var specification = new TopicSpecification
        {
            Name = _options.Topic,
            NumPartitions = 1,
            Configs = new Dictionary<string, string>(StringComparer.Ordinal) { [CleanupPolicy] = "compact" },
        };
        try
        {
            await _admin.CreateTopicsAsync([specification], new CreateTopicsOptions { OperationTimeout = _options.KafkaTimeout, RequestTimeout = _options.KafkaTimeout });
        }
        catch (CreateTopicsException error) when (error.Results.TrueForAll(static result => result.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            await CheckAsync();
        }
    }

    /// <summary>The offset that the next record will get.</summary>
    public async Task<long> EndOffsetAsync()
    {
        try
        {
            return await AskEndOffsetAsync();
        }
        catch (KafkaException)
        {
            // A broker that was restarted leads the partition in another epoch. The client sends the one it knows, is refused, and would send
            // the same again for ever: it looks for the leader only when it is told to.
            await Task.Run(() => _admin.GetMetadata(_options.Topic, _options.KafkaTimeout));
            return await AskEndOffsetAsync();
        }
    }

    public void Dispose() => _admin.Dispose();

    private async Task<long> AskEndOffsetAsync()
    {
        ListOffsetsResult result = await _admin.ListOffsetsAsync(
            [new TopicPartitionOffsetSpec { TopicPartition = Partition, OffsetSpec = OffsetSpec.Latest() }],
            new ListOffsetsOptions { RequestTimeout = _options.KafkaTimeout });
        return result.ResultInfos[0].TopicPartitionOffsetError.Offset.Value;
    }

    private async Task CheckAsync()
    {
        DescribeTopicsResult described = await _admin.DescribeTopicsAsync(
            TopicCollection.OfTopicNames([_options.Topic]), new DescribeTopicsOptions { RequestTimeout = _options.KafkaTimeout });
        int partitions = described.TopicDescriptions[0].Partitions.Count;
        if (partitions != 1)
            throw new EmbeddedRegistryException($"The topic '{_options.Topic}' has {partitions} partitions; a registry needs exactly 1, or versions lose their order. Choose another topic.");

        var resource = new ConfigResource { Type = ResourceType.Topic, Name = _options.Topic };
        List<DescribeConfigsResult> configs = await _admin.DescribeConfigsAsync([resource], new DescribeConfigsOptions { RequestTimeout = _options.KafkaTimeout });
        string policy = configs[0].Entries[CleanupPolicy].Value;
        if (policy != "compact")
        {
            throw new EmbeddedRegistryException(
                $"The topic '{_options.Topic}' has {CleanupPolicy}={policy}, by which the broker would delete schemas in time. Set it to compact, or choose another topic.");
        }
    }
}
