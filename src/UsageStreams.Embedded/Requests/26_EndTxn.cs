using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Transactions;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>
/// EndTxn 0 to 4. 2 knows PRODUCER_FENCED, 3 is flexible; 5 belongs to the second transaction protocol, which is not spoken. Unlike
/// Kafka the markers are written before the answer, so the next transaction never meets the end of this one.
/// </summary>
internal sealed class EndTxn(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.EndTxn, 0, 4, 3);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var reader = request.Reader;
        string id = reader.ReadString();
        var producer = new ProducerIdentity(reader.ReadInt64(), reader.ReadInt16());
        bool commit = reader.ReadBoolean();
        var error = BrokerParts.Guard(() => request.Refusal ?? broker.Transactions.Find(id)?.End(producer, commit) ?? ErrorCode.InvalidProducerIdMapping);
        request.WriteNoThrottle();
        request.Writer.WriteError(TransactionErrors.ForVersion(error, request.Version, fencedSince: 2));
        request.Writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }
}
