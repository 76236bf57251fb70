using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UsageStreams.Embedded.Registry.Rules;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Http;

/// <summary><c>/subjects/{subject}/versions</c>: registration, and the versions one by one.</summary>
internal sealed class VersionEndpoints(SchemaStore store, RegistryWriter writer)
{
    /// <summary>What a body with a schema must look like, for error messages.</summary>
    public const string ExpectedBody = """{"schema":"<the schema's JSON text, as a string>"}""";

    private const int SubjectSegment = 1;
    private const int VersionSegment = 3;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/subjects/{subject}/versions", List);
        routes.MapPost("/subjects/{subject}/versions", Register);
        routes.MapGet("/subjects/{subject}/versions/{version}", Get);
        routes.MapDelete("/subjects/{subject}/versions/{version}", Delete);
        routes.MapGet("/subjects/{subject}/versions/{version}/schema", GetText);
        routes.MapGet("/subjects/{subject}/versions/{version}/referencedby", ListReferrers);
    }

    private Task List(HttpContext context)
    {
        var exchange = new RegistryExchange(context);
        IEnumerable<int> versions = Lookup.Versions(store.Current, exchange.Subject(SubjectSegment), exchange.Visibility()).Select(static version => version.Version);
        return exchange.AnswerAsync([.. exchange.Page(versions)], RegistryJson.Relaxed.IReadOnlyListInt32);
    }

    private async Task Register(HttpContext context)
    {
        var exchange = new RegistryExchange(context);
        string subject = exchange.Subject(SubjectSegment);
        SchemaRequest request = await exchange.ReadAsync(RegistryJson.Relaxed.SchemaRequest, ExpectedBody);
        int? expected = request.Version is > 0 ? request.Version : null;
        SchemaVersion registered = await writer.WriteAsync(state => Registration.Register(state, subject, request.Parse(state), expected), exchange.Aborted);
        await exchange.AnswerAsync(registered.ToRegistration(), RegistryJson.Relaxed.RegistrationBody);
    }

    private Task Get(HttpContext context)
    {
        var exchange = new RegistryExchange(context);
        return exchange.AnswerAsync(Find(exchange).ToBody(), RegistryJson.Relaxed.VersionBody);
    }

    private Task GetText(HttpContext context)
    {
        var exchange = new RegistryExchange(context);
        return exchange.AnswerTextAsync(Find(exchange).Content.Text);
    }

    private Task ListReferrers(HttpContext context)
    {
        var exchange = new RegistryExchange(context);
        return exchange.AnswerAsync(ReferenceResolution.ReferrersOf(store.Current, Find(exchange), exchange.Flag("deleted")), RegistryJson.Relaxed.IReadOnlyListInt32);
    }

    private async Task Delete(HttpContext context)
    {
        var exchange = new RegistryExchange(context);
        string subject = exchange.Subject(SubjectSegment);
        string version = exchange.Segment(VersionSegment);
        bool permanent = exchange.Flag("permanent");
        int deleted = await writer.WriteAsync(state => Deletion.Version(state, subject, version, permanent), exchange.Aborted);
        await exchange.AnswerAsync(deleted, RegistryJson.Relaxed.Int32);
    }

    private SchemaVersion Find(RegistryExchange exchange) =>
        Lookup.Version(store.Current, exchange.Subject(SubjectSegment), exchange.Segment(VersionSegment), exchange.Flag("deleted"));
}
