using UsageStreams.Embedded.Groups;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>SyncGroup 0 to 5. 3 adds static members, 4 is flexible, 5 the protocol's type and name. The answer waits for the leader.</summary>
internal sealed class SyncGroup(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.SyncGroup, 0, 5, 4);

    public async ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var (reader, writer) = (request.Reader, request.Writer);
        string groupId = reader.ReadString();
        var sync = Read(request);
        reader.SkipTags();
        var result = broker.Groups.Find(groupId) is { } group ? await group.Sync(sync).WaitAsync(cancellation) : new SyncResult(ErrorCode.UnknownMemberId);
        if (request.Version >= 1)
            request.WriteNoThrottle();
        writer.WriteError(result.Error);
        if (request.Version >= 5)
        {
            writer.WriteNullableString(result.ProtocolType);
            writer.WriteNullableString(result.ProtocolName);
        }

        writer.WriteBytes(result.Assignment);
        writer.WriteNoTags();
    }

    private static SyncRequest Read(Request request)
    {
        var reader = request.Reader;
        int generation = reader.ReadInt32();
        string member = reader.ReadString();
        string? instance = request.Version >= 3 ? reader.ReadNullableString() : null;
        string? type = request.Version >= 5 ? reader.ReadNullableString() : null;
        string? name = request.Version >= 5 ? reader.ReadNullableString() : null;
        var assignments = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (int remaining = reader.ReadArrayLength(); remaining > 0; remaining--)
        {
            assignments[reader.ReadString()] = reader.ReadBytes();
            reader.SkipTags();
        }

        return new SyncRequest(member, instance, generation, type, name, assignments);
    }
}
