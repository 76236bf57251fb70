using UsageStreams.Embedded.Groups;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>
/// OffsetCommit 2 to 9. 2 to 4 carry a retention time, which is ignored: positions do not expire here. 6 adds leader epochs,
/// 7 static members, 8 is flexible, 9 answers 69 instead of 22 for a missing group.
/// </summary>
internal sealed class OffsetCommit(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.OffsetCommit, 2, 9, 8);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var reader = request.Reader;
        string groupId = reader.ReadString();
        int generation = reader.ReadInt32();
        string member = reader.ReadString();
        string? instance = request.Version >= 7 ? reader.ReadNullableString() : null;
        if (request.Version <= 4)
            reader.ReadInt64();
        var offsets = OffsetCommitBody.Read(reader, broker, hasLeaderEpoch: request.Version >= 6);
        if (request.Version >= 3)
            request.WriteNoThrottle();
        OffsetCommitBody.Answer(request.Writer, offsets, sound => request.Refusal ?? Commit(groupId, new Committer(member, instance, generation), sound, request.Version));
        request.Writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }

    private ErrorCode Commit(string groupId, Committer committer, IReadOnlyList<OffsetToCommit> offsets, short version)
    {
        if (groupId.Length == 0)
            return ErrorCode.InvalidGroupId;
        if (broker.Groups.Find(groupId) is { } group)
            return group.Commit(committer, offsets);
        if (committer.Generation >= 0)
            return version >= 9 ? ErrorCode.GroupIdNotFound : ErrorCode.IllegalGeneration;
        return broker.Groups.GetOrCreate(groupId).Commit(committer, offsets);
    }
}
