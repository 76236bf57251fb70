using UsageStreams.Embedded.Protocol;

namespace UsageStreams.Embedded.Groups;

/// <summary>The answer to a join; only the leader gets the members.</summary>
internal sealed record JoinResult(
    ErrorCode Error,
    string MemberId,
    int Generation = -1,
    string? ProtocolType = null,
    string? ProtocolName = null,
    string Leader = "",
    bool SkipAssignment = false,
    IReadOnlyList<JoinedMember>? Members = null);

/// <summary>The answer to a sync: the member's assignment.</summary>
internal sealed record SyncResult(ErrorCode Error, string? ProtocolType = null, string? ProtocolName = null, byte[]? Assignment = null);

/// <summary>A group as DescribeGroups and ListGroups show it.</summary>
internal sealed record GroupDescription(
    string Id, GroupState State, int Generation, string ProtocolType, string ProtocolName, IReadOnlyList<MemberDescription> Members);

/// <summary>A member as DescribeGroups shows it.</summary>
internal sealed record MemberDescription(
    string Id, string? InstanceId, string ClientId, string ClientHost, byte[] Metadata, byte[] Assignment);
