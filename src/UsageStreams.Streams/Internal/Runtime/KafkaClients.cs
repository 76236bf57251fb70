using Confluent.Kafka;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>The clients of one session, made for Kafka.</summary>
internal sealed class KafkaClients(ClientFactory clients) : ISessionClients
{
    private readonly IAdminClient _admin = clients.Admin();

    public SessionOutput Output(TopicLayout topics) => clients.Options.Guarantee == ProcessingGuarantee.ExactlyOnce
        ? new TransactionalOutput(clients, topics)
        : new IdempotentOutput(clients, topics);

    public ICatchUpReader CatchUp(string purpose, bool follow) => new CatchUpReader(clients, _admin, purpose, follow);

    public IGroupReader Join(StreamSession session, IEnumerable<string> topics) => new GroupReader(clients, session, topics);

    public IRepartitionPurge Purge() => new RepartitionPurge(_admin, clients.Options.RepartitionPurgeInterval, clients.Logger);

    public void Dispose() => _admin.Dispose();
}
