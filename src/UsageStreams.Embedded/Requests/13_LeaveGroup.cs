using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>LeaveGroup 0 to 5. Up to 2 for one member; 3 for several, also static ones by instance id; 4 is flexible, 5 adds a reason.</summary>
internal sealed class LeaveGroup(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.LeaveGroup, 0, 5, 4);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var (reader, writer) = (request.Reader, request.Writer);
        string group = reader.ReadString();
        if (request.Version >= 3)
        {
            LeaveAll(request, group);
        }
        else
        {
            var error = Leave(group, reader.ReadString(), null);
            if (request.Version >= 1)
                request.WriteNoThrottle();
            writer.WriteError(error);
        }

        writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }

    private void LeaveAll(Request request, string group)
    {
        var (reader, writer) = (request.Reader, request.Writer);
        request.WriteNoThrottle();
        writer.WriteError(ErrorCode.None);
        int members = reader.ReadArrayLength();
        writer.WriteArrayLength(members);
        for (; members > 0; members--)
        {
            string member = reader.ReadString();
            string? instance = reader.ReadNullableString();
            if (request.Version >= 5)
                reader.ReadNullableString();
            reader.SkipTags();
            writer.WriteString(member);
            writer.WriteNullableString(instance);
            writer.WriteError(Leave(group, member, instance));
            writer.WriteNoTags();
        }
    }

    private ErrorCode Leave(string group, string member, string? instance) =>
        broker.Groups.Find(group)?.Leave(member, instance) ?? ErrorCode.UnknownMemberId;
}
