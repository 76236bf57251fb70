using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UsageStreams.Embedded.Registry.Rules;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Http;

/// <summary><c>/schemas</c>: schemas by id, wherever they are registered.</summary>
internal sealed class SchemaEndpoints(SchemaStore store)
{
    private const int IdSegment = 2;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/schemas", List);
        routes.MapGet("/schemas/types", static context => new RegistryExchange(context).AnswerAsync([SchemaContent.Avro], RegistryJson.Relaxed.IReadOnlyListString));
        routes.MapGet("/schemas/ids/{id}", Get);
        routes.MapGet("/schemas/ids/{id}/schema", GetText);
        routes.MapGet("/schemas/ids/{id}/subjects", ListSubjects);
        routes.MapGet("/schemas/ids/{id}/versions", ListVersions);
    }

    private Task List(HttpContext context)
    {
        var exchange = new RegistryExchange(context);
        Visibility visibility = exchange.Visibility();
        IEnumerable<SchemaVersion> versions = store.Current.Subjects
            .Where(subject => exchange.HasPrefix(subject.Key))
            .SelectMany(subject => exchange.Flag("latestOnly")
                ? subject.Value.Values.Where(visibility.Shows).TakeLast(1)
                : subject.Value.Values.Where(visibility.Shows));
        return exchange.AnswerAsync([.. exchange.Page(versions).Select(static version => version.ToBody())], RegistryJson.Relaxed.IReadOnlyListVersionBody);
    }

    private Task Get(HttpContext context)
    {
        var exchange = new RegistryExchange(context);
        return exchange.AnswerAsync(Lookup.Content(store.Current, exchange.Segment(IdSegment)).ToBody(), RegistryJson.Relaxed.SchemaBody);
    }

    private Task GetText(HttpContext context)
    {
        var exchange = new RegistryExchange(context);
        return exchange.AnswerTextAsync(Lookup.Content(store.Current, exchange.Segment(IdSegment)).Text);
    }

    private Task ListSubjects(HttpContext context)
    {
        var exchange = new RegistryExchange(context);
        IEnumerable<string> subjects = Lookup.Uses(store.Current, exchange.Segment(IdSegment), exchange.Flag("deleted"))
            .Select(static version => version.Subject)
            .Distinct(StringComparer.Ordinal);
        return exchange.AnswerAsync([.. exchange.Page(subjects)], RegistryJson.Relaxed.IReadOnlyListString);
    }

    private Task ListVersions(HttpContext context)
    {
        var exchange = new RegistryExchange(context);
        IEnumerable<SubjectVersionBody> versions = Lookup.Uses(store.Current, exchange.Segment(IdSegment), exchange.Flag("deleted"))
            .Select(static version => new SubjectVersionBody(version.Subject, version.Version));
        return exchange.AnswerAsync([.. exchange.Page(versions)], RegistryJson.Relaxed.IReadOnlyListSubjectVersionBody);
    }
}
