using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UsageStreams.Embedded.Registry.Rules;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Http;

/// <summary><c>/config</c>: compatibility levels, of a subject or of all that have none.</summary>
internal sealed class ConfigEndpoints(SchemaStore store, RegistryWriter writer)
{
    private const int SubjectSegment = 1;

    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/config", static _ => RegistryState.Global);
        Map(routes, "/config/{subject}", static exchange => exchange.Subject(SubjectSegment));
    }

    private void Map(IEndpointRouteBuilder routes, string pattern, Func<RegistryExchange, string> subjectOf)
    {
        routes.MapGet(pattern, context => Get(new RegistryExchange(context), subjectOf));
        routes.MapPut(pattern, context => Set(new RegistryExchange(context), subjectOf));
        routes.MapDelete(pattern, context => Remove(new RegistryExchange(context), subjectOf));
    }

    private Task Get(RegistryExchange exchange, Func<RegistryExchange, string> subjectOf)
    {
        RegistryConfig config = Settings.Config(store.Current, subjectOf(exchange), exchange.Flag("defaultToGlobal"));
        return exchange.AnswerAsync(config.ToBody(), RegistryJson.Relaxed.ConfigBody);
    }

    private async Task Set(RegistryExchange exchange, Func<RegistryExchange, string> subjectOf)
    {
        string subject = subjectOf(exchange);
        ConfigRequest request = await exchange.ReadAsync(RegistryJson.Relaxed.ConfigRequest, """{"compatibility":"BACKWARD"}""");
        RegistryConfig set = await writer.WriteAsync(
            state => Settings.SetConfig(state, subject, request.Compatibility, BodyMapping.OthersOf(request)), exchange.Aborted);
        await exchange.AnswerAsync(set.ToEcho(), RegistryJson.Relaxed.ConfigRequest);
    }

    private async Task Remove(RegistryExchange exchange, Func<RegistryExchange, string> subjectOf)
    {
        string subject = subjectOf(exchange);
        RegistryConfig removed = await writer.WriteAsync(state => Settings.RemoveConfig(state, subject), exchange.Aborted);
        await exchange.AnswerAsync(removed.ToBody(), RegistryJson.Relaxed.ConfigBody);
    }
}
