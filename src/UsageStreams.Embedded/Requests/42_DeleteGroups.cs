using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>DeleteGroups 0 to 2 (flexible): deletes groups without members, with their positions.</summary>
internal sealed class DeleteGroups(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.DeleteGroups, 0, 2, 2);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var writer = request.Writer;
        string[] groups = request.Reader.ReadStringArray();
        request.WriteNoThrottle();
        writer.WriteArrayLength(groups.Length);
        foreach (string group in groups)
        {
            writer.WriteString(group);
            writer.WriteError(BrokerParts.Guard(() => broker.Groups.Delete(group)));
            writer.WriteNoTags();
        }

        writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }
}
