using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>IncrementalAlterConfigs 0 to 1 (flexible): sets, deletes, appends to or subtracts from single configs of a topic.</summary>
internal sealed class IncrementalAlterConfigs(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.IncrementalAlterConfigs, 0, 1, 1);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        ConfigRequest.Answer(request, broker, hasOperation: true);
        return ValueTask.CompletedTask;
    }
}
