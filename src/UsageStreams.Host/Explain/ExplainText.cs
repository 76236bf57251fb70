using System.Globalization;
using UsageStreams.Model;

namespace UsageStreams.Host.Explain;

/// <summary>Tells explanations to people.</summary>
/// <param name="output">Where to.</param>
/// <param name="most">How many events or entries of a list are told.</param>
internal sealed class ExplainText(TextWriter output, int most)
{
    /// <summary>A ledger entry.</summary>
    public void Tell(ExplainedEntry explained)
    {
        var entry = explained.Proof.Entry;
        Line("entry", entry.Id);
        Line("what", Say($"{Word(entry.Kind)}, revision {entry.Revision}: {Plain(entry.Quantity)} of {entry.Metric}@{entry.MetricVersion}, {Plain(entry.Total)} in the window up to it"));
        Line("account", Say($"{entry.Account}, contract {entry.Contract} version {entry.ContractVersion}"));
        Line("window", $"{Time(entry.WindowStart)} to {Time(entry.WindowEnd)}");
        if (entry.BookedIn is { } booked)
            Line("booked in", "the billing period of " + Time(booked));
        if (entry.Cause is { } cause)
            Line("cause", $"{Word(cause.Kind)} {cause.Reference} by {cause.Actor}: {cause.Reason}");
        Line("versions", $"mappings {(entry.Mappings.Count == 0 ? "(none named)" : string.Join(", ", entry.Mappings))}; topology {(entry.TopologyVersion.Length == 0 ? "(not named)" : entry.TopologyVersion)}");
        foreach (var source in entry.Sources)
            Line("source", Say($"{source.Topic} partition {source.Partition}, offsets {source.FirstOffset} to {source.LastOffset}, {source.Count} events"));
        if (entry.Traces.Count > 0)
            Line("traces", string.Join(", ", entry.Traces));
        foreach (var other in explained.Window.Where(other => other.Entry.Id != entry.Id))
            Line("also", Say($"{other.Entry.Id}: {Word(other.Entry.Kind)} {Plain(other.Entry.Quantity)}, {other.Entry.Count} events{(other.Entry.Cause is { } why ? ", cause " + Word(why.Kind) + " " + why.Reference : "")}, {Verdict(other)}"));
        Tell(explained.Transactions);
        List("adds", explained.Proof.Added, Event);
        List("takes away", explained.Proof.Removed, Event);
        Notes(explained.Proof);
        Line("digest", Convert.ToHexStringLower([.. entry.Digest]));
        Conclude(explained.Proof.Differences, Say($"{explained.Proof.Events.Count()} events, read again, are the entry's: count, digest and quantity {Plain(explained.Proof.Quantity)}"));
    }

    /// <summary>A transaction.</summary>
    public void Tell(ExplainedTransaction explained)
    {
        var transaction = explained.Proof.Transaction;
        Line("transaction", transaction.Id);
        Line("what", Say($"{Plain(transaction.Total)} {transaction.Currency}, {Word(transaction.State)}, account {transaction.Account}, billed by {transaction.LegalEntity} to {transaction.BillTo}"));
        Line("period", $"{Time(transaction.PeriodStart)} to {Time(transaction.PeriodEnd)}{(transaction.Adjusts is null ? "" : ", adjusts " + transaction.Adjusts)}");
        foreach (var line in explained.Proof.Lines)
            Tell(line);
        foreach (var step in explained.Course)
            Line("course", (step.Time is { } time ? Time(time) + " " : "") + step.Text);
        foreach (var proof in explained.Entries ?? [])
            Line("entry", $"{proof.Entry.Id}: {Verdict(proof)}");
        Conclude(
            [.. explained.Proof.Differences, .. explained.Proof.Lines.SelectMany(static line => line.Differences.Select(difference => $"{line.Line.Metric}: {difference}")),
                .. (explained.Entries ?? []).SelectMany(static proof => proof.Differences.Select(difference => $"{proof.Entry.Id}: {difference}"))],
            Say($"its lines are the sums of their ledger entries{(explained.Entries is { } entries ? Say($", and {entries.Count} entries are what their events give") : "; --events proves the entries by their events too")}"));
    }

    /// <summary>An event.</summary>
    public void Tell(ExplainedEvent explained)
    {
        var (record, verdict) = (explained.Record, explained.Verdict);
        if (record.Usage is { } usage)
            Line("event", $"{usage.Id} of tenant {usage.Tenant}, source {usage.Source}, type {usage.Type}, product {usage.Product}");
        Line("stands at", $"{record.Position}, arrived {Time(record.Arrival)}{(record.Usage is { } timed ? ", happened " + Time(timed.Time) : "")}");
        if (record.Trace.CorrelationId is { } correlation)
            Line("correlation", $"{correlation}{(record.Trace.Traceparent is { } trace ? ", trace " + trace : "")}");
        Line("outcome", $"{EventWords.Of(verdict.Outcome)}, {verdict.Reason}: {verdict.Text}");
        if (verdict.Other is { } other)
            Line("see", $"{other.Position}, arrived {Time(other.Arrival)}{(other.Usage is { } said ? $", event {said.Id}" : "")}");
        foreach (var use in verdict.Metrics)
            Line("counted by", Say($"{use.Window.Metric}@{use.Window.Version} as {(use.Counted.Member is { } member ? $"member '{member}'" : Plain(use.Counted.Value))}, window {Time(use.Window.Start)} to {Time(use.End)}, account {use.Window.Account}, contract {use.Window.Contract}"));
        foreach (var late in verdict.TooLate)
            Line("too late for", Say($"{late.Metric}@{late.Version}, by {late.Late:g}"));
        foreach (var again in explained.Occurrences.Where(again => again.Position != record.Position))
            Line("also at", $"{again.Position}, arrived {Time(again.Arrival)}");
        List("entries", explained.Entries, static proof => Say($"{proof.Entry.Id}: {Word(proof.Entry.Kind)} {Plain(proof.Entry.Quantity)}, {Verdict(proof)}"));
        Tell(explained.Transactions);
        Conclude(explained.Differences, explained.Entries.Count > 0 ? "the entries named contain it" : "it is in no entry of the ledger" + (verdict.Metrics.Count > 0 ? " yet: its windows are open" : ""));
    }

    private void Tell(LineProof line)
    {
        Line("line", Say($"{line.Line.Metric} ({line.Line.Item}): {Plain(line.Line.Quantity)} used, {Plain(line.Line.Included)} included, {Plain(line.Line.Billable)} at {Plain(line.Line.UnitPrice)}: {Plain(line.Line.Amount)}; {line.Line.Entries} entries{(line.Later > 0 ? Say($", {line.Later} came later") : "")}"));
        List("", line.Entries, static entry => Say($"{entry.Id}: {Word(entry.Kind)} {Plain(entry.Quantity)}, {entry.Count} events"));
    }

    private void Tell(IReadOnlyList<BillingTransaction> transactions)
    {
        foreach (var transaction in transactions)
            Line("billed in", Say($"{transaction.Id}: {Plain(transaction.Total)} {transaction.Currency}, {Word(transaction.State)}{(transaction.RemoteId is null ? "" : ", remote id " + transaction.RemoteId)}"));
    }

    private void Notes(EntryProof proof)
    {
        foreach (var note in proof.Notes)
            Line("note", note);
    }

    private void Conclude(IReadOnlyList<string> differences, string proved)
    {
        foreach (var difference in differences)
            Line("differs", difference);
        Line(differences.Count == 0 ? "PROVED" : "REFUTED", differences.Count == 0 ? proved : Say($"{differences.Count} difference(s), told above"));
    }

    private void List<T>(string name, IReadOnlyList<T> items, Func<T, string> tell)
    {
        foreach (var item in items.Take(most))
            Line(name, tell(item));
        if (items.Count > most)
            Line(name, Say($"and {items.Count - most} more: --all tells them"));
    }

    private void Line(string name, string value) => output.WriteLine($"{name,-14}{value}");

    private static string Event(CountedEvent one) =>
        Say($"{one.Record.Position} {Time(one.Usage.Time)} {one.Usage.Tenant} {one.Usage.Source} {one.Usage.Id}: {(one.Member is { } member ? $"'{member}'" : Plain(one.Value))}");

    private static string Verdict(EntryProof proof) => proof.IsProved ? "proved" : "REFUTED";

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Time(long millis) => Time(DateTimeOffset.FromUnixTimeMilliseconds(millis));

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);

    // Dividing by one with all its digits drops the zeros behind a decimal.
    private static string Plain(decimal value) => (value / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture);

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
