using System.CommandLine;
using System.CommandLine.Parsing;
using UsageStreams.Host.Catalogue;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Regions;
using UsageStreams.Model;

namespace UsageStreams.Host.Commands;

/// <summary><c>catalog dry-run</c>: what metric files would change of past usage.</summary>
internal static class DryRunCommand
{
    // A billing period and a bit.
    private static readonly TimeSpan UsualRange = TimeSpan.FromDays(35);

    public static Command Describe()
    {
        var folder = CatalogCommand.Folder();
        var from = Instant("--from", "First event time, UTC, such as 2026-01-01; 35 days before --to by default");
        var to = Instant("--to", "First event time after, UTC; now by default");
        var by = new Option<string>("--by") { Description = "What quantities are summed by: the contract's billing period, or each window", DefaultValueFactory = static _ => "period" };
        by.AcceptOnlyFromAmong("period", "window");
        var account = new Option<string?>("--account") { Description = "Only this account" };
        var json = new Option<bool>("--json") { Description = "One JSON object instead of a table" };
        var dedup = DedupOption.Create();
        var regions = new RegionsOption();
        var common = new CommonOptions();
        var command = new Command("dry-run", "Count past usage under the published metrics and under the files, and tell the differences per account; publishes nothing") { folder, from, to, by, account, json, dedup };
        regions.AddTo(command);
        common.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var until = parsed.GetValue(to) ?? TimeProvider.System.GetUtcNow();
            var range = new Period(parsed.GetValue(from) ?? until - UsualRange, until);
            if (range.End <= range.Start)
                throw new HostException(ExitCodes.Usage, $"--from is {CatalogueTime.Instant(range.Start)} and --to {CatalogueTime.Instant(range.End)}: --to must be later.");
            var files = CatalogCommand.ReadSound(parsed.GetValue(folder)!, dedup.Window(parsed), parsed.InvocationConfiguration.Error);
            var access = common.Access(parsed)!;
            var homes = regions.Read(parsed, access.Topics.Region);
            using var session = await KafkaSession.OpenAsync(access, cancellation);
            var past = new PastUsage(range, dedup.Window(parsed), homes);
            var report = await RunAsync(access, session, files, past, parsed.GetValue(by)!, cancellation);
            if (parsed.GetValue(account) is { } only)
                report = report with { Differences = [.. report.Differences.Where(row => row.Account == only)] };
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                report.PrintJson(output);
            else
                report.Print(output);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<DryRunReport> RunAsync(
        KafkaAccess access, KafkaSession session, CatalogueFiles files, PastUsage past, string by, CancellationToken cancellation)
    {
        var published = await Task.Run(() => new PublishedMetrics(access, session.Values).Read(cancellation), cancellation);
        var diff = CatalogueDiff.Of(files, published);
        if (diff.IsRefused)
            throw new HostException(ExitCodes.Failed, "The files would edit published versions; nothing was counted. " + string.Join(" ", diff.Changes.Where(static change => change.Kind == CatalogueChangeKind.Refused)));
        var references = await Task.Run(() => new HistoryReferences(access, session.Values, past.Homes, cancellation), cancellation);
        var history = await Task.Run(() => new UsageHistory(access, session, DryRun.FirstArrival(past.Range, past.DedupWindow)), cancellation);
        var run = new DryRun(history, references, past.Range, past.DedupWindow);
        var (before, after) = (new MetricCatalogue(published), new MetricCatalogue(diff.Changes.Select(static change => change.Metric)));
        var counts = await Progress.ShowAsync("reading the history", history.Length * DryRun.Passes, report =>
            Task.Run(() => run.Run(before, after, report, cancellation), cancellation));
        return new DryRunReport(past.Range, by, counts, counts.Trial.Differences(by == "window" ? static window => window.Start : references.PeriodStart));
    }

    /// <summary>What is counted, and how.</summary>
    private sealed record PastUsage(Period Range, TimeSpan DedupWindow, RegionHomes? Homes);

    private static Option<DateTimeOffset?> Instant(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = (ArgumentResult result) =>
        {
            var text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            if (CatalogueTime.TryInstant(text, out var instant))
                return instant;
            result.AddError($"{name} is '{text}': it takes a date or instant in UTC such as 2026-01-01 or 2026-01-01T06:00Z.");
            return null;
        },
    };
}
