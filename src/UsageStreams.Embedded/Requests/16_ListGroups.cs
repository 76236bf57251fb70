using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>ListGroups 0 to 5. 3 is flexible, 4 filters by state, 5 by type ("classic" is the only one).</summary>
internal sealed class ListGroups(BrokerParts broker) : IRequestHandler
{
    private const string Classic = "classic";

    public ApiVersionRange Versions { get; } = new(ApiKey.ListGroups, 0, 5, 3);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var writer = request.Writer;
        string[] states = request.Version >= 4 ? request.Reader.ReadStringArray() : [];
        string[] types = request.Version >= 5 ? request.Reader.ReadStringArray() : [];
        var groups = broker.Groups.All.Select(group => group.Describe())
            .Where(group => states.Length == 0 || states.Contains(group.State.ToString(), StringComparer.OrdinalIgnoreCase))
            .Where(_ => types.Length == 0 || types.Contains(Classic, StringComparer.OrdinalIgnoreCase)).ToArray();
        if (request.Version >= 1)
            request.WriteNoThrottle();
        writer.WriteError(ErrorCode.None);
        writer.WriteArrayLength(groups.Length);
        foreach (var group in groups)
        {
            writer.WriteString(group.Id);
            writer.WriteString(group.ProtocolType);
            if (request.Version >= 4)
                writer.WriteString(group.State.ToString());
            if (request.Version >= 5)
                writer.WriteString(Classic);
            writer.WriteNoTags();
        }

        writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }
}
