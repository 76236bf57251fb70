using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>The clients of one session, made for Kafka.</summary>
internal sealed class KafkaClients(ClientFactory clients) : ISessionClients
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private readonly IAdminClient _admin = clients.Admin();

    public SessionOutput Output(TopicLayout topics) => clients.Options.Guarantee == ProcessingGuarantee.ExactlyOnce
        ? new TransactionalOutput(clients, topics)
        : new IdempotentOutput(clients, topics);

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
