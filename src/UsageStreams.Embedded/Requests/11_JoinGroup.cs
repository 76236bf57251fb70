using UsageStreams.Embedded.Groups;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>
/// JoinGroup 0 to 9. 1 adds the rebalance timeout (before, the session timeout serves for it), 4 makes a new member come twice
/// (MEMBER_ID_REQUIRED), 5 adds static members, 6 is flexible, 7 the protocol type, 8 a reason, 9 lets a leader skip assigning.
/// The answer waits for the whole group.
/// </summary>
internal sealed class JoinGroup(BrokerParts broker) : IRequestHandler
{
    private const int MinSessionMs = 6_000;
    private const int MaxSessionMs = 1_800_000;

    public ApiVersionRange Versions { get; } = new(ApiKey.JoinGroup, 0, 9, 6);

    public async ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var join = Read(request);
        var error = Check(join);
        var result = error == ErrorCode.None
            ? await broker.Groups.GetOrCreate(join.GroupId).Join(join).WaitAsync(cancellation)
            : new JoinResult(error, join.MemberId);
        Write(request, result);
    }

    private static ErrorCode Check(JoinRequest join)
    {
        if (join.GroupId.Length == 0)
            return ErrorCode.InvalidGroupId;
        return join.SessionTimeout.TotalMilliseconds is < MinSessionMs or > MaxSessionMs ? ErrorCode.InvalidSessionTimeout : ErrorCode.None;
    }

    private static JoinRequest Read(Request request)
    {
        var reader = request.Reader;
        string group = reader.ReadString();
        int session = reader.ReadInt32();
        int rebalance = request.Version >= 1 ? reader.ReadInt32() : -1;
        string member = reader.ReadString();
        string? instance = request.Version >= 5 ? reader.ReadNullableString() : null;
        string type = reader.ReadString();
        var protocols = new MemberProtocol[Math.Max(0, reader.ReadArrayLength())];
        for (int i = 0; i < protocols.Length; i++)
        {
            protocols[i] = new MemberProtocol(reader.ReadString(), reader.ReadBytes());
            reader.SkipTags();
        }

        return new JoinRequest(
            group, member, instance, request.ClientId, request.ClientHost, TimeSpan.FromMilliseconds(session),
            TimeSpan.FromMilliseconds(rebalance < 0 ? session : rebalance), type, protocols,
            RequiresMemberId: request.Version >= 4, CanSkipAssignment: request.Version >= 9);
    }

    private static void Write(Request request, JoinResult result)
    {
        var writer = request.Writer;
        if (request.Version >= 2)
            request.WriteNoThrottle();
        writer.WriteError(result.Error);
        writer.WriteInt32(result.Generation);
        if (request.Version >= 7)
        {
            writer.WriteNullableString(result.ProtocolType);
            writer.WriteNullableString(result.ProtocolName);
        }
        else
        {
            writer.WriteString(result.ProtocolName ?? "");
        }

        writer.WriteString(result.Leader);
        if (request.Version >= 9)
            writer.WriteBoolean(result.SkipAssignment);
        writer.WriteString(result.MemberId);
        WriteMembers(request, result.Members ?? []);
        writer.WriteNoTags();
    }

    private static void WriteMembers(Request request, IReadOnlyList<JoinedMember> members)
    {
        var writer = request.Writer;
        writer.WriteArrayLength(members.Count);
        foreach (var member in members)
        {
            writer.WriteString(member.Id);
            if (request.Version >= 5)
                writer.WriteNullableString(member.InstanceId);
            writer.WriteBytes(member.Metadata);
            writer.WriteNoTags();
        }
    }
}
