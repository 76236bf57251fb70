using UsageStreams.Embedded.Groups;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Transactions;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>
/// TxnOffsetCommit 0 to 4: stages positions, which the commit makes the group's. 2 adds leader epochs, 3 is flexible and names the
/// member, so that somebody who lost its partitions is refused. Kafka checks the transaction at the group only since version 5; here
/// positions for a transaction that is not open are always refused.
/// </summary>
internal sealed class TxnOffsetCommit(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.TxnOffsetCommit, 0, 4, 3);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var reader = request.Reader;
        string id = reader.ReadString();
        string groupId = reader.ReadString();
        var producer = new ProducerIdentity(reader.ReadInt64(), reader.ReadInt16());
        var committer = new Committer("", null, -1);
        if (request.Version >= 3)
        {
            int generation = reader.ReadInt32();
            string member = reader.ReadString();
            committer = new Committer(member, reader.ReadNullableString(), generation);
        }

        var offsets = OffsetCommitBody.Read(reader, broker, hasLeaderEpoch: request.Version >= 2);
        request.WriteNoThrottle();
        OffsetCommitBody.Answer(request.Writer, offsets, sound =>
        {
            if (request.Refusal is { } refusal)
                return refusal;
            if (broker.Groups.Find(groupId) is null && committer.Generation >= 0)
                return ErrorCode.IllegalGeneration;
            var group = broker.Groups.GetOrCreate(groupId);
            return broker.Transactions.Find(id)?.StageOffsets(producer, group, committer, sound) ?? ErrorCode.InvalidProducerIdMapping;
        });
        request.Writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }
}
