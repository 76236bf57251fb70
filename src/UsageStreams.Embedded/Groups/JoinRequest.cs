namespace UsageStreams.Embedded.Groups;

/// <summary>An assignment protocol a member offers, with its metadata, which only the group's leader reads.</summary>
internal readonly record struct MemberProtocol(string Name, byte[] Metadata);

/// <summary>A JoinGroup request, with what its version can take as an answer.</summary>
internal sealed record JoinRequest(
    string GroupId,
    string MemberId,
    string? InstanceId,
    string ClientId,
    string ClientHost,
    TimeSpan SessionTimeout,
    TimeSpan RebalanceTimeout,
    string ProtocolType,
    IReadOnlyList<MemberProtocol> Protocols,
    bool RequiresMemberId,
    bool CanSkipAssignment);

/// <summary>A member as the leader sees it.</summary>
internal readonly record struct JoinedMember(string Id, string? InstanceId, byte[] Metadata);
