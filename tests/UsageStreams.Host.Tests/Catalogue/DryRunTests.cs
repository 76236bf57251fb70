using System.Globalization;
using System.Text.Json;
using UsageStreams.Host.Catalogue;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Reference;
using UsageStreams.Model;

namespace UsageStreams.Host.Tests.Catalogue;

public sealed class DryRunTests
{
    private static readonly DateTimeOffset Day = new(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(-2), TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_tells_what_files_would_change_per_account_and_publishes_nothing()
    {
        await using var run = await CatalogRun.StartAsync();
        await PublishAsync(run);

        var table = await run.CatalogAsync("dry-run", "--by", "window");
        var json = await run.CatalogAsync("dry-run", "--json");
        var one = await run.CatalogAsync("dry-run", "--json", "--account", "10-0-1");

        table.Code.ShouldBe(ExitCodes.Done, table.Error);
        table.Output.ShouldContain("9 read, 5 shown to the metrics, 1 duplicate, 1 rejected, 1 withdrawn, 1 parked; 1 records can't be read");
        table.Output.Split('\n').Count(static line => line.Contains("api.calls", StringComparison.Ordinal)).ShouldBe(3);
        table.Output.ShouldContain("3 differences in 2 accounts; nothing was published");
        var found = JsonDocument.Parse(json.Output).RootElement;
        found.GetProperty("read").GetInt64().ShouldBe(9);
        found.GetProperty("differences").EnumerateArray().Select(static row =>
            (row.GetProperty("account").GetString(), row.GetProperty("contract").GetString(), row.GetProperty("metric").GetString(), row.GetProperty("before").GetDecimal(), row.GetProperty("after").GetDecimal(), row.GetProperty("difference").GetDecimal()))
            .Aggregate((Calls: 0m, Errors: 0m), static (sum, row) => (sum.Calls + row.Item4, sum.Errors + row.Item6)).ShouldBe((2m, 3m));
        JsonDocument.Parse(one.Output).RootElement.GetProperty("differences").EnumerateArray().ShouldAllBe(static row => row.GetProperty("account").GetString() == "10-0-1");
        new PublishedMetrics(run.Access, run.Values).Read(Cancellation).ShouldAllBe(static metric => metric.Version == 1);
    }

    [Fact]
    public async Task Files_that_say_what_is_published_differ_in_nothing_and_edits_are_refused()
    {
        await using var run = await CatalogRun.StartAsync();
        await PublishAsync(run);
        run.Files.File("api.calls.yaml", Standard());

        (await run.CatalogAsync("dry-run", "--from", Text(Day), "--to", Text(Day.AddDays(1)))).Output.ShouldContain("no differences");

        run.Files.File("api.calls.yaml", Standard().Replace("< 400", "< 500", StringComparison.Ordinal));
        var refused = await run.CatalogAsync("dry-run");
        refused.Code.ShouldBe(ExitCodes.Failed);
        refused.Error.ShouldContain("filter 'status >= 200 and status < 400' to 'status >= 200 and status < 500'");
        (await run.CatalogAsync("dry-run", "--from", "2026-02-01", "--to", "2026-01-01")).Code.ShouldBe(ExitCodes.Usage);
        (await run.CatalogAsync("dry-run", "--from", "yesterday")).Error.ShouldContain("--from is 'yesterday'");
    }

    [Fact]
    public async Task It_tells_what_an_end_would_take_away()
    {
        await using var run = await CatalogRun.StartAsync();
        await PublishAsync(run);
        run.Files.File("api.calls.yaml", Standard() + $"    to: {Text(Day)}\n");

        var ended = await run.CatalogAsync("dry-run", "--json");

        ended.Code.ShouldBe(ExitCodes.Done, ended.Error);
        JsonDocument.Parse(ended.Output).RootElement.GetProperty("differences").EnumerateArray()
            .Select(static row => (row.GetProperty("account").GetString(), row.GetProperty("metric").GetString(), row.GetProperty("before").GetDecimal(), row.GetProperty("after").GetDecimal()))
            .ShouldBe([("10-0-0", "api.calls", 1m, 0m), ("10-0-1", "api.calls", 1m, 0m)]);
    }

    [Fact]
    public async Task In_a_region_events_of_tenants_at_home_elsewhere_wait()
    {
        await using var run = await CatalogRun.StartAsync();
        (await run.TopicsAsync("create", "--region", "eu")).Code.ShouldBe(ExitCodes.Done);
        await PublishAsync(run, run.Access with { Topics = run.Access.Topics with { Region = "eu" } });
        var homes = run.Files.File("regions.txt", """
            regions:
              eu:
                tenants: ["10.0.0.*"]
              us:
                tenants: ["10.0.1.*"]
            """);

        var all = await run.CatalogAsync("dry-run", "--region", "eu");
        var atHome = await run.CatalogAsync("dry-run", "--region", "eu", "--regions", homes);
        var unknown = await run.CatalogAsync("dry-run", "--region", "asia", "--regions", homes);

        all.Output.ShouldContain("9 read, 5 shown to the metrics, 1 duplicate, 1 rejected, 1 withdrawn, 1 parked;");
        atHome.Output.ShouldContain("9 read, 3 shown to the metrics, 1 duplicate, 1 rejected, 1 withdrawn, 3 parked;");
        atHome.Output.ShouldContain("10-0-0");
        atHome.Output.ShouldNotContain("10-0-1");
        (unknown.Code, unknown.Error).ShouldSatisfyAllConditions(one => one.Code.ShouldBe(ExitCodes.Usage), one => one.Error.ShouldContain("knows no region 'asia'"));
    }

    // Two accounts with good requests and errors, and one event of each way not to be counted.
    private static async Task PublishAsync(CatalogRun run, KafkaAccess? access = null)
    {
        new ReferencePublisher(run.Access, run.Values).Publish(AccessLogAccounts.Of(["10.0.0.1", "10.0.1.1"]), "test", Cancellation);
        using var publisher = new UsagePublisher(access ?? run.Access, run.Values, "test");
        publisher.Begin();
        publisher.Publish(Event("1", "10.0.0.1", "200"));
        publisher.Publish(Event("2", "10.0.0.1", "500"));
        publisher.Publish(Event("3", "10.0.0.1", "500") with { Time = Day.AddHours(5) });
        publisher.Publish(Event("4", "10.0.1.1", "500"));
        publisher.Publish(Event("5", "10.0.1.1", "200"));
        publisher.Publish(Event("2", "10.0.0.1", "500"));
        publisher.Publish(Event("6", "10.0.1.1", "500") with { Quantity = -1 });
        publisher.Publish(Event("7", "192.0.2.1", "500"));
        publisher.Publish(Event("8", "10.0.1.1", "500"));
        publisher.Publish(Event("9", "10.0.1.1", "500") with { Time = Day.AddDays(-60), Retracts = "8" });
        publisher.PublishBytes("10.0.0.1", [1, 2, 3]);
        publisher.Complete(Day.AddDays(1));
        publisher.Commit();
        publisher.Begin();
        publisher.Publish(Event("10", "10.0.0.1", "500"));
        publisher.Abort();
        await Task.CompletedTask;
        run.Files.File("api.calls.yaml", Standard() + $"""
              - version: 2
                from: {Text(Day)}
                description: Errors too.
                owner: finance
                events: [http.request]
                filter: status >= 200
                aggregation: count
                unit: call
                window: hour
                grace: 10m
                lateness: 44d
            """ + "\n");
    }

    private static string Standard()
    {
        using var reader = new StreamReader(typeof(StandardMetrics).Assembly.GetManifestResourceStream("metrics/api.calls.yaml")!);
        return reader.ReadToEnd();
    }

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static UsageEvent Event(string id, string tenant, string status) => new()
    {
        Id = id, Source = "web", Type = "http.request", Tenant = tenant, User = "u", Product = "site", Time = Day.AddHours(3), Quantity = 1,
        Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["status"] = status },
    };
}
