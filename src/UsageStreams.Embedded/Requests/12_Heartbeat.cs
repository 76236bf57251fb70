using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>Heartbeat 0 to 4. 3 adds static members, 4 is flexible.</summary>
internal sealed class Heartbeat(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.Heartbeat, 0, 4, 4);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var reader = request.Reader;
        string group = reader.ReadString();
        int generation = reader.ReadInt32();
        string member = reader.ReadString();
        string? instance = request.Version >= 3 ? reader.ReadNullableString() : null;
        if (request.Version >= 1)
            request.WriteNoThrottle();
        request.Writer.WriteError(request.Refusal ?? broker.Groups.Find(group)?.Heartbeat(member, instance, generation) ?? ErrorCode.UnknownMemberId);
        request.Writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }
}
