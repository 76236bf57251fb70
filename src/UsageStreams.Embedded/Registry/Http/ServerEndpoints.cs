using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace UsageStreams.Embedded.Registry.Http;

/// <summary>What clients ask of the server itself.</summary>
internal static class ServerEndpoints
{
    private static readonly ClusterBody Cluster = new(
        new ClusterScope([], new Dictionary<string, string>(StringComparer.Ordinal) { ["schema-registry-cluster"] = "usagestreams-embedded" }), "");

    private static readonly ReleaseBody Release = ReleaseOf(typeof(ServerEndpoints).Assembly);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", static context => new RegistryExchange(context).AnswerAsync(new EmptyBody(), RegistryJson.Relaxed.EmptyBody));
        routes.MapGet("/contexts", static context => new RegistryExchange(context).AnswerAsync(["."], RegistryJson.Relaxed.IReadOnlyListString));
        routes.MapGet("/v1/metadata/id", static context => new RegistryExchange(context).AnswerAsync(Cluster, RegistryJson.Relaxed.ClusterBody));
        routes.MapGet("/v1/metadata/version", static context => new RegistryExchange(context).AnswerAsync(Release, RegistryJson.Relaxed.ReleaseBody));

        // Serializers ask for a topic's subjects before they name them themselves. There are none here; an error would stop them.
        routes.MapGet("/associations/{**rest}", static context => new RegistryExchange(context).AnswerAsync([], RegistryJson.Relaxed.IReadOnlyListString));
    }

    private static ReleaseBody ReleaseOf(Assembly assembly)
    {
        string informational = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        string[] parts = informational.Split('+', 2);
        return new ReleaseBody(parts[0], parts.Length > 1 ? parts[1] : "");
    }
}
