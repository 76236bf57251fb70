using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace UsageStreams.Gateway.Pages;

/// <summary>Describes the gateway as a whole.</summary>
internal sealed class Description(GatewayLimits limits)
{
    public const string Bearer = "token";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = "UsageStreams ingest gateway",
            Version = "1",
            Description = "Takes usage events over HTTP and publishes them to Kafka. An event that was accepted is counted exactly once; what was not is the sender's to send again, "
                + FormattableString.Invariant($"with the same ids. A token may have {limits.MaxRequestsPerToken} requests under way and send {limits.EventsPerSecondPerToken} events per second."),
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A token of 'usagestreams gateway token add'; it says for which tenants and sources events may be sent.",
            },
        };
        return Task.CompletedTask;
    }
}
