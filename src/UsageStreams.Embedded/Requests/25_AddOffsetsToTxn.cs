using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Transactions;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>AddOffsetsToTxn 0 to 4: a group's positions become part of the transaction. 2 knows PRODUCER_FENCED, 3 is flexible.</summary>
internal sealed class AddOffsetsToTxn(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.AddOffsetsToTxn, 0, 4, 3);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var reader = request.Reader;
        string id = reader.ReadString();
        var producer = new ProducerIdentity(reader.ReadInt64(), reader.ReadInt16());
        string group = reader.ReadString();
        var error = BrokerParts.Guard(() => request.Refusal ?? broker.Transactions.Find(id)?.AddGroup(producer, group) ?? ErrorCode.InvalidProducerIdMapping);
        request.WriteNoThrottle();
        request.Writer.WriteError(TransactionErrors.ForVersion(error, request.Version, fencedSince: 2));
        request.Writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }
}
