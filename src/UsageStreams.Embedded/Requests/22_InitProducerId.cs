using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Transactions;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>
/// InitProducerId 0 to 5. 2 is flexible, 3 lets a producer recover its own epoch, 4 knows PRODUCER_FENCED (older ones get 47). Unlike
/// Kafka, which aborts an open transaction in the background and answers 51 meanwhile, the abort is done when the answer comes.
/// </summary>
internal sealed class InitProducerId(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.InitProducerId, 0, 5, 2);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var (reader, writer) = (request.Reader, request.Writer);
        string? transactionalId = reader.ReadNullableString();
        int timeout = reader.ReadInt32();
        var caller = request.Version >= 3 ? new ProducerIdentity(reader.ReadInt64(), reader.ReadInt16()) : ProducerIdentity.None;
        var producer = ProducerIdentity.None;
        var error = BrokerParts.Guard(() =>
        {
            if (request.Refusal is { } refusal)
                return refusal;
            (var outcome, producer) = broker.Transactions.InitializeProducer(transactionalId, timeout, caller);
            return outcome;
        });
        request.WriteNoThrottle();
        writer.WriteError(TransactionErrors.ForVersion(error, request.Version, fencedSince: 4));
        writer.WriteInt64(producer.Id);
        writer.WriteInt16(producer.Epoch);
        writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }
}

/// <summary>PRODUCER_FENCED came late to the protocol; older versions say INVALID_PRODUCER_EPOCH for it.</summary>
internal static class TransactionErrors
{
    public static ErrorCode ForVersion(ErrorCode error, short version, short fencedSince) =>
        error == ErrorCode.ProducerFenced && version < fencedSince ? ErrorCode.InvalidProducerEpoch : error;
}
