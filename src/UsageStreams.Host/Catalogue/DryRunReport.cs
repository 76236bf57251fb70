using System.Text.Json;
using UsageStreams.Model;

namespace UsageStreams.Host.Catalogue;

/// <summary>What a dry run found, as a table or as one JSON object.</summary>
internal sealed record DryRunReport(Period Range, string By, DryRunCounts Counts, IReadOnlyList<CatalogueDifference> Differences)
{
    /// <summary>Writes a table.</summary>
    public void Print(TextWriter output)
    {
        output.WriteLine(FormattableString.Invariant(
            $"events of {CatalogueTime.Instant(Range.Start)} to {CatalogueTime.Instant(Range.End)}: {Counts.Read} read, {Counts.Counted} shown to the metrics, {Counts.Duplicate} duplicate, {Counts.Rejected} rejected, {Counts.Withdrawn} withdrawn, {Counts.Parked} parked; {Counts.Undecodable} records can't be read"));
        if (Differences.Count == 0)
        {
            output.WriteLine("no differences");
            return;
        }

        var accounts = Math.Max("account".Length, Differences.Max(static row => row.Account.Length)) + 2;
        var metrics = Math.Max("metric".Length, Differences.Max(static row => row.Metric.Length)) + 2;
        output.WriteLine("account".PadRight(accounts) + "metric".PadRight(metrics) + $"{By,-20}{"before",22}{"after",22}{"difference",22}");
        foreach (var row in Differences)
        {
            output.WriteLine(row.Account.PadRight(accounts) + row.Metric.PadRight(metrics)
                + FormattableString.Invariant($"{CatalogueTime.Instant(row.Start),-20}{row.Before,22}{row.After,22}{row.Difference,22:+0.#########;-0.#########;0}"));
        }

        output.WriteLine(FormattableString.Invariant($"{Differences.Count} differences in {Differences.Select(static row => row.Account).Distinct(StringComparer.Ordinal).Count()} accounts; nothing was published"));
    }

    /// <summary>Writes one JSON object; quantities are numbers with all their digits.</summary>
    public void PrintJson(TextWriter output) => output.WriteLine(JsonSerializer.Serialize(new
    {
        from = Range.Start,
        to = Range.End,
        by = By,
        read = Counts.Read,
        counted = Counts.Counted,
        duplicate = Counts.Duplicate,
        rejected = Counts.Rejected,
        withdrawn = Counts.Withdrawn,
        parked = Counts.Parked,
        undecodable = Counts.Undecodable,
        differences = Differences.Select(static row => new
        {
            account = row.Account, contract = row.Contract, metric = row.Metric, start = row.Start, before = row.Before, after = row.After, difference = row.Difference,
        }),
    }));
}
