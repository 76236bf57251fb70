using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UsageStreams.Embedded.Registry.Rules;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Http;

/// <summary><c>/subjects</c>: the list, look-up of a schema in a subject, and deletion of a subject.</summary>
internal sealed class SubjectEndpoints(SchemaStore store, RegistryWriter writer)
{
    private const int SubjectSegment = 1;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/subjects", List);
        routes.MapPost("/subjects/{subject}", Find);
        routes.MapDelete("/subjects/{subject}", Delete);
    }

    private Task List(HttpContext context)
    {
        var exchange = new RegistryExchange(context);
        bool deletedToo = exchange.Flag("deleted");
        bool deletedOnly = exchange.Flag("deletedOnly");
        IEnumerable<string> subjects = store.Current.Subjects
            .Where(subject => exchange.HasPrefix(subject.Key))
            .Where(subject => subject.Value.Values.All(static version => version.Deleted) ? deletedToo || deletedOnly : !deletedOnly)
            .Select(static subject => subject.Key);
        return exchange.AnswerAsync([.. exchange.Page(subjects)], RegistryJson.Relaxed.IReadOnlyListString);
    }

    private async Task Find(HttpContext context)
    {
        var exchange = new RegistryExchange(context);
        SchemaRequest request = await exchange.ReadAsync(RegistryJson.Relaxed.SchemaRequest, VersionEndpoints.ExpectedBody);
        RegistryState state = store.Current;
        SchemaVersion found = Lookup.Schema(state, exchange.Subject(SubjectSegment), request.Parse(state), exchange.Flag("deleted"));
        await exchange.AnswerAsync(found.ToBody(), RegistryJson.Relaxed.VersionBody);
    }

    private async Task Delete(HttpContext context)
    {
        var exchange = new RegistryExchange(context);
        string subject = exchange.Subject(SubjectSegment);
        bool permanent = exchange.Flag("permanent");
        IReadOnlyList<int> deleted = await writer.WriteAsync(state => Deletion.Subject(state, subject, permanent), exchange.Aborted);
        await exchange.AnswerAsync(deleted, RegistryJson.Relaxed.IReadOnlyListInt32);
    }
}
