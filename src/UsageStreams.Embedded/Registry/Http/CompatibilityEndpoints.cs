using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UsageStreams.Embedded.Registry.Rules;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Http;

/// <summary><c>/compatibility</c>: asks what a registration would say, and registers nothing.</summary>
internal sealed class CompatibilityEndpoints(SchemaStore store)
{
    private const int SubjectSegment = 2;
    private const int VersionSegment = 4;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/compatibility/subjects/{subject}/versions", context => Check(context, static (state, exchange, proposed) =>
            Compatibility.CheckAll(state, exchange.Subject(SubjectSegment), proposed)));
        routes.MapPost("/compatibility/subjects/{subject}/versions/{version}", context => Check(context, CheckVersion));
    }

    private static IReadOnlyList<string> CheckVersion(RegistryState state, RegistryExchange exchange, ProposedSchema proposed)
    {
        string subject = exchange.Subject(SubjectSegment);
        if (Lookup.ParseVersion(exchange.Segment(VersionSegment)) is not { } number)
            return state.LiveVersionsOf(subject).LastOrDefault() is { } latest ? Compatibility.Check(state, subject, proposed, latest) : [];

        SchemaVersion? version = state.LiveVersionsOf(subject).FirstOrDefault(version => version.Version == number);
        return version is null ? throw RegistryErrors.VersionNotFound(subject, number) : Compatibility.Check(state, subject, proposed, version);
    }

    private async Task Check(HttpContext context, Func<RegistryState, RegistryExchange, ProposedSchema, IReadOnlyList<string>> check)
    {
        var exchange = new RegistryExchange(context);
        SchemaRequest request = await exchange.ReadAsync(RegistryJson.Relaxed.SchemaRequest, VersionEndpoints.ExpectedBody);
        RegistryState state = store.Current;
        IReadOnlyList<string> messages = check(state, exchange, request.Parse(state));
        await exchange.AnswerAsync(new CompatibilityBody(messages.Count == 0, exchange.Flag("verbose") ? messages : null), RegistryJson.Relaxed.CompatibilityBody);
    }
}
