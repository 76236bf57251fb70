using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UsageStreams.Embedded.Registry.Rules;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Http;

/// <summary><c>/mode</c>: whether writes are permitted, to a subject or to all that say nothing themselves.</summary>
internal sealed class ModeEndpoints(SchemaStore store, RegistryWriter writer)
{
    private const int SubjectSegment = 1;

    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/mode", static _ => RegistryState.Global);
        Map(routes, "/mode/{subject}", static exchange => exchange.Subject(SubjectSegment));
    }

    private static Task AnswerAsync(RegistryExchange exchange, RegistryMode mode) =>
        exchange.AnswerAsync(new ModeBody(mode.Name()), RegistryJson.Relaxed.ModeBody);

    private void Map(IEndpointRouteBuilder routes, string pattern, Func<RegistryExchange, string> subjectOf)
    {
        routes.MapGet(pattern, context => Get(new RegistryExchange(context), subjectOf));
        routes.MapPut(pattern, context => Set(new RegistryExchange(context), subjectOf));
        routes.MapDelete(pattern, context => Remove(new RegistryExchange(context), subjectOf));
    }

    private Task Get(RegistryExchange exchange, Func<RegistryExchange, string> subjectOf) =>
        AnswerAsync(exchange, Settings.Mode(store.Current, subjectOf(exchange), exchange.Flag("defaultToGlobal")));

    private async Task Set(RegistryExchange exchange, Func<RegistryExchange, string> subjectOf)
    {
        string subject = subjectOf(exchange);
        ModeBody request = await exchange.ReadAsync(RegistryJson.Relaxed.ModeBody, """{"mode":"READWRITE"}""");
        await AnswerAsync(exchange, await writer.WriteAsync(_ => Settings.SetMode(subject, request.Mode), exchange.Aborted));
    }

    private async Task Remove(RegistryExchange exchange, Func<RegistryExchange, string> subjectOf)
    {
        string subject = subjectOf(exchange);
        await AnswerAsync(exchange, await writer.WriteAsync(state => Settings.RemoveMode(state, subject), exchange.Aborted));
    }
}
