using System.CommandLine;
using UsageStreams.Host.Explain;

namespace UsageStreams.Host.Commands;

/// <summary><c>explain</c>: from a bill to the events behind it and back, proved.</summary>
internal static class ExplainCommand
{
    private const int FirstEvents = 10;

    public static Command Describe()
    {
        var words = new Argument<string[]>("ID") { Description = "What: " + ExplainId.Forms, Arity = new ArgumentArity(1, 3) };
        var all = new Option<bool>("--all") { Description = $"Tell every event and entry, not the first {FirstEvents}" };
        var events = new Option<bool>("--events") { Description = "Of a transaction: prove its ledger entries by their events too" };
        var json = new Option<bool>("--json") { Description = "As one JSON object with everything in it, nothing else on stdout" };
        var dedup = DedupOption.Create();
        var regions = new RegionsOption();
        var reach = new DataReach();
        var command = new Command("explain", """
            Explain a ledger entry, a transaction or an event: read its events again, judge them anew, and say whether the numbers are theirs.
            Ends with 0 when they are, 1 when they are not, 5 when there is nothing by that id. See docs/explain.md.
            Example: usagestreams explain C-10.0.0-20150501-1
            Example: usagestreams explain web-tenant web 4711 --bootstrap kafka:9092 --registry http://registry:8081
            """) { words, all, events, json, dedup };
        regions.AddTo(command);
        reach.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var id = ExplainId.Parse(parsed.GetValue(words)!);
            var homes = regions.Read(parsed, reach.Region(parsed));
            await using var reached = await reach.OpenAsync(parsed, cancellation);
            var output = parsed.InvocationConfiguration.Output;
            var text = parsed.GetValue(json) ? null : new ExplainText(output, parsed.GetValue(all) ? int.MaxValue : FirstEvents);
            var (proved, told) = await Task.Run(() =>
            {
                var reading = new SourceReading(reached.Access, reached.Values, cancellation);
                return Explain(new Explainer(reading, reading.References(), dedup.Window(parsed), homes), id, parsed.GetValue(events), text);
            }, cancellation);
            if (told is not null)
                await output.WriteLineAsync(told);
            return proved ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    private static (bool Proved, string? Json) Explain(Explainer explainer, ExplainId id, bool withEvents, ExplainText? text)
    {
        switch (id)
        {
            case EntryId entry:
                var explainedEntry = explainer.Entry(entry);
                text?.Tell(explainedEntry);
                return (explainedEntry.Proof.IsProved, text is null ? ExplainJson.Of(explainedEntry) : null);
            case TransactionId transaction:
                var explainedTransaction = explainer.Transaction(transaction, withEvents);
                text?.Tell(explainedTransaction);
                return (explainedTransaction.IsProved, text is null ? ExplainJson.Of(explainedTransaction) : null);
            default:
                var explainedEvent = id is EventId named ? explainer.Event(named) : explainer.Event((PositionId)id);
                text?.Tell(explainedEvent);
                return (explainedEvent.Differences.Count == 0, text is null ? ExplainJson.Of(explainedEvent) : null);
        }
    }
}
