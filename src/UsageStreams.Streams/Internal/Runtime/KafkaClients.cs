using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Internal.Wire;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>The clients of one session, made for Kafka.</summary>
internal sealed class KafkaClients(ClientFactory clients) : ISessionClients
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private readonly IAdminClient _admin = clients.Admin();

    /// <summary>By the engine's own producer, unless the connection has settings that only the native one follows.</summary>
    public SessionOutput Output(TopicLayout topics)
    {
        if (clients.Options.Guarantee != ProcessingGuarantee.ExactlyOnce)
            return new IdempotentOutput(clients, topics);
        return WireSettings.Of(clients.TransactionalProducerConfig()) is { } settings
            ? new WireOutput(settings, topics, clients.Logger)
            : new TransactionalOutput(clients, topics);
    }

    public ICatchUpReader CatchUp(string purpose, bool follow) => new CatchUpReader(clients, _admin, purpose, follow);

    public IPastReader Past(TopicPartition partition, PastRequest request) => new PastReader(clients, _admin, partition, request);

    public async Task<IReadOnlyDictionary<TopicPartition, long>> EndsAsync(IReadOnlyList<TopicPartition> partitions)
    {
        if (partitions.Count == 0)
            return new Dictionary<TopicPartition, long>();
        ListOffsetsResult result = await _admin.ListOffsetsAsync(
            partitions.Select(static p => new TopicPartitionOffsetSpec { TopicPartition = p, OffsetSpec = OffsetSpec.Latest() }),
            new ListOffsetsOptions { IsolationLevel = IsolationLevel.ReadUncommitted, RequestTimeout = RequestTimeout });
        return result.ResultInfos.ToDictionary(
            static info => info.TopicPartitionOffsetError.TopicPartition, static info => info.TopicPartitionOffsetError.Offset.Value);
    }

    public IGroupReader Join(StreamSession session, IEnumerable<string> topics) => new GroupReader(clients, session, topics);

    public IRepartitionPurge Purge() => new RepartitionPurge(_admin, clients.Options.RepartitionPurgeInterval, clients.Logger);

    public void Dispose() => _admin.Dispose();
}
