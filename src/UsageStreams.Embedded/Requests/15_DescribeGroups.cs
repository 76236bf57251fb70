using UsageStreams.Embedded.Groups;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>DescribeGroups 0 to 6. 3 adds authorised operations (unknown), 4 static members, 5 is flexible, 6 says 69 for a missing group.</summary>
internal sealed class DescribeGroups(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.DescribeGroups, 0, 6, 5);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        string[] groups = request.Reader.ReadStringArray();
        if (request.Version >= 1)
            request.WriteNoThrottle();
        request.Writer.WriteArrayLength(groups.Length);
        foreach (string group in groups)
            WriteGroup(request, group);
        request.Writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }

    private void WriteGroup(Request request, string id)
    {
        var writer = request.Writer;
        var known = broker.Groups.Find(id)?.Describe();
        var group = known ?? new GroupDescription(id, GroupState.Dead, -1, "", "", []);
        writer.WriteError(known is null && request.Version >= 6 ? ErrorCode.GroupIdNotFound : ErrorCode.None);
        if (request.Version >= 6)
            writer.WriteNullableString(known is null ? $"Group {id} not found." : null);
        writer.WriteString(id);
        writer.WriteString(group.State.ToString());
        writer.WriteString(group.ProtocolType);
        writer.WriteString(group.ProtocolName);
        writer.WriteArrayLength(group.Members.Count);
        foreach (var member in group.Members)
            WriteMember(request, member);
        if (request.Version >= 3)
            writer.WriteInt32(int.MinValue);
        writer.WriteNoTags();
    }

    private static void WriteMember(Request request, MemberDescription member)
    {
        var writer = request.Writer;
        writer.WriteString(member.Id);
        if (request.Version >= 4)
            writer.WriteNullableString(member.InstanceId);
        writer.WriteString(member.ClientId);
        writer.WriteString(member.ClientHost);
        writer.WriteBytes(member.Metadata);
        writer.WriteBytes(member.Assignment);
        writer.WriteNoTags();
    }
}
