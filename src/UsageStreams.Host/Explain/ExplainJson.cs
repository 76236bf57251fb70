using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using UsageStreams.Model;

namespace UsageStreams.Host.Explain;

/// <summary>Tells explanations to programs: one object, everything in it, quantities as numbers with all their digits.</summary>
internal static class ExplainJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A ledger entry.</summary>
    public static string Of(ExplainedEntry explained)
    {
        var json = Entry(explained.Proof, withEvents: true);
        json["window"] = Array(explained.Window, static proof => Entry(proof, withEvents: false));
        json["transactions"] = Array(explained.Transactions, static transaction => transaction.Id);
        return json.ToJsonString(Indented);
    }

    /// <summary>A transaction.</summary>
    public static string Of(ExplainedTransaction explained)
    {
        var transaction = explained.Proof.Transaction;
        var json = new JsonObject
        {
            ["transaction"] = transaction.Id,
            ["proved"] = explained.IsProved,
            ["account"] = transaction.Account,
            ["state"] = Word(transaction.State),
            ["total"] = transaction.Total,
            ["currency"] = transaction.Currency,
            ["remoteId"] = transaction.RemoteId,
            ["lines"] = Array(explained.Proof.Lines, static line => new JsonObject
            {
                ["metric"] = line.Line.Metric,
                ["quantity"] = line.Line.Quantity,
                ["amount"] = line.Line.Amount,
                ["entries"] = Array(line.Entries, static entry => entry.Id),
                ["differences"] = Array(line.Differences, static difference => difference),
            }),
            ["course"] = Array(explained.Course, static step => new JsonObject { ["time"] = step.Time, ["text"] = step.Text }),
            ["differences"] = Array(explained.Proof.Differences, static difference => difference),
        };
        if (explained.Entries is { } entries)
            json["entries"] = Array(entries, static proof => Entry(proof, withEvents: false));
        return json.ToJsonString(Indented);
    }

    /// <summary>An event.</summary>
    public static string Of(ExplainedEvent explained)
    {
        var verdict = explained.Verdict;
        return new JsonObject
        {
            ["position"] = explained.Record.Position,
            ["arrival"] = DateTimeOffset.FromUnixTimeMilliseconds(explained.Record.Arrival),
            ["tenant"] = explained.Record.Usage?.Tenant,
            ["source"] = explained.Record.Usage?.Source,
            ["id"] = explained.Record.Usage?.Id,
            ["outcome"] = EventWords.Of(verdict.Outcome),
            ["reason"] = verdict.Reason,
            ["text"] = verdict.Text,
            ["other"] = verdict.Other?.Position,
            ["account"] = verdict.Account,
            ["contract"] = verdict.Contract,
            ["metrics"] = Array(verdict.Metrics, static use => new JsonObject
            {
                ["metric"] = use.Window.Metric, ["version"] = use.Window.Version, ["windowStart"] = DateTimeOffset.FromUnixTimeMilliseconds(use.Window.Start),
                ["value"] = use.Counted.Value, ["member"] = use.Counted.Member,
            }),
            ["tooLate"] = Array(verdict.TooLate, static late => new JsonObject { ["metric"] = late.Metric, ["version"] = late.Version, ["lateSeconds"] = late.Late.TotalSeconds }),
            ["occurrences"] = Array(explained.Occurrences, static record => record.Position),
            ["entries"] = Array(explained.Entries, static proof => Entry(proof, withEvents: false)),
            ["transactions"] = Array(explained.Transactions, static transaction => transaction.Id),
            ["differences"] = Array(explained.Differences, static difference => difference),
        }.ToJsonString(Indented);
    }

    private static JsonObject Entry(EntryProof proof, bool withEvents)
    {
        var entry = proof.Entry;
        var json = new JsonObject
        {
            ["entry"] = entry.Id,
            ["proved"] = proof.IsProved,
            ["kind"] = Word(entry.Kind),
            ["quantity"] = entry.Quantity,
            ["total"] = entry.Total,
            ["count"] = entry.Count,
            ["digest"] = Convert.ToHexStringLower([.. entry.Digest]),
            ["mappings"] = Array(entry.Mappings, static mapping => mapping),
            ["sources"] = Array(entry.Sources, static source => FormattableString.Invariant($"{source.Topic}:{source.Partition}:{source.FirstOffset}-{source.LastOffset}")),
            ["cause"] = entry.Cause is { } cause ? new JsonObject { ["kind"] = Word(cause.Kind), ["reference"] = cause.Reference, ["actor"] = cause.Actor, ["reason"] = cause.Reason } : null,
            ["differences"] = Array(proof.Differences, static difference => difference),
            ["notes"] = Array(proof.Notes, static note => note),
        };
        if (!withEvents)
            return json;
        json["added"] = Array(proof.Added, Event);
        json["removed"] = Array(proof.Removed, Event);
        return json;
    }

    private static JsonObject Event(CountedEvent one) => new()
    {
        ["position"] = one.Record.Position, ["time"] = one.Usage.Time, ["tenant"] = one.Usage.Tenant, ["source"] = one.Usage.Source, ["id"] = one.Usage.Id,
        ["value"] = one.Value, ["member"] = one.Member,
    };

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> write) => new([.. items.Select(write)]);

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
