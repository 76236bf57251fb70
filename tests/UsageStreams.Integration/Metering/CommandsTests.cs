using System.Text.Json;
using UsageStreams.Host.Kafka;
using UsageStreams.Integration.Chain;
using UsageStreams.Integration.Engine;
using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Integration.Metering;

/// <summary>A day of metering by nothing but the commands: reference data and catalogue out of files, events by HTTP, exceptions and explanations on the console.</summary>
public sealed class CommandsTests(ChainKafka kafka) : IClassFixture<ChainKafka>
{
    private static readonly DateTime Day = TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(-1);

    [Fact]
    public async Task A_mapping_that_comes_later_a_remapping_and_a_retraction_are_booked_and_every_entry_is_proved()
    {
        var options = kafka.Options(out var prefix);
        var folder = Directory.CreateDirectory(kafka.Folder(prefix + "commands")).FullName;
        var access = new KafkaAccess(new KafkaConnection(kafka.Bootstrap), new Uri(kafka.Registry), new UsageTopics(prefix));
        using var session = await KafkaSession.OpenAsync(access, TestContext.Current.CancellationToken);
        var topics = new MeteringTopics(access, session.Values);
        await RunAsync(["topics", "create", .. options]);
        await ImportAsync(folder, options, "accounts", "id,name,legalEntity,soldTo,billTo,crmAccount,contracts\na,Acme,1,2,3,4,C-a\nb,Beta,1,2,3,4,C-b\n");
        await ImportAsync(folder, options, "tenants", "id,account,from,to\nt1,a,2020-01-01,\n");
        await ApplyCatalogueAsync(folder, options);
        await using var worker = new MeteringWorker("w1", folder, options);
        await using var gateway = await RunningGateway.StartAsync(folder, options);

        await gateway.SendAsync(Event("1", "t1", "10:05", "1.5"), Event("2", "t1", "10:50", "2.25"), Event("3", "t2", "10:10", "4"), Event("4", "t1", "11:10", "8"));
        await gateway.SendAsync(Event("2", "t1", "10:50", "2.25"));
        Complete(access, session.Values);
        await UntilAsync(topics, read: 5, ("a", "10", 3.75m), ("a", "11", 8m));
        (await ExceptionsAsync(options)).ShouldBe(["t2 parked unknown-tenant 1 open"]);

        await ImportAsync(folder, options, "tenants", "id,account,from,to\nt2,a,2020-01-01,\n");
        await UntilAsync(topics, read: 5, ("a", "10", 7.75m), ("a", "11", 8m));
        (await ExceptionsAsync(options)).ShouldBeEmpty();

        await worker.RestartAsync(withoutState: true);
        await ImportAsync(folder, options, "tenants", $"id,account,from,to\nt1,a,2020-01-01,{Day:yyyy-MM-dd}T11:00:00Z\nt1,b,{Day:yyyy-MM-dd}T11:00:00Z,\n");
        await UntilAsync(topics, read: 5, ("a", "10", 7.75m), ("a", "11", 0m), ("b", "11", 8m));

        await gateway.SendAsync(Event("r", "t1", "10:55", "0", ",\"retracts\":\"2\""), Event("1", "t1", "10:05", "1.5"));
        await UntilAsync(topics, read: 7, ("a", "10", 5.5m), ("a", "11", 0m), ("b", "11", 8m));

        var outcomes = topics.Outcomes.Values.ToList();
        (outcomes.Sum(static one => one.Counted), outcomes.Sum(static one => one.Duplicate), outcomes.Sum(static one => one.Parked)).ShouldBe((5, 2, 0));
        topics.Ledger.Where(static entry => entry.Cause is not null).Select(static entry => $"{entry.Account} {entry.Kind} {entry.Quantity:0.##} {entry.Cause!.Kind}").Order(StringComparer.Ordinal).ShouldBe(
            [
                "a Correction 1.5 Retraction", "a Correction 4 Mapping", "a Reversal -3.75 Retraction", "a Reversal -8 Mapping", "b Correction 8 Mapping",
            ]);
        await ShouldBeExplainedAsync(topics, options);
    }

    private static async Task ShouldBeExplainedAsync(MeteringTopics topics, string[] options)
    {
        foreach (var entry in topics.Ledger)
            JsonElement.Parse(await RunAsync(["explain", entry.Id, "--json", .. options])).GetProperty("proved").GetBoolean().ShouldBeTrue(entry.Id);
        var taken = JsonElement.Parse(await RunAsync(["explain", "t1", "web", "2", "--json", .. options]));
        (taken.GetProperty("outcome").GetString(), taken.GetProperty("reason").GetString()).ShouldBe(("ledger", "withdrawn"));
        var redriven = JsonElement.Parse(await RunAsync(["explain", "t2", "web", "3", "--json", .. options]));
        redriven.GetProperty("entries").EnumerateArray().Select(static entry => entry.GetProperty("entry").GetString()!.Split('/')[2]).ShouldBe(["bytes@1"]);
    }

    private static string Event(string id, string tenant, string time, string quantity, string more = "") =>
        $$"""{"id":"{{id}}","source":"web","type":"download","tenant":"{{tenant}}","time":"{{Day:yyyy-MM-dd}}T{{time}}:00Z","quantity":{{quantity}}{{more}}}""";

    private static async Task ApplyCatalogueAsync(string folder, string[] options)
    {
        var files = Directory.CreateDirectory(Path.Combine(folder, "metrics")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(files, "bytes.yaml"),
            """
            metric: bytes
            versions:
              - version: 1
                from: 2020-01-01
                description: What was downloaded.
                owner: finance
                events: [download]
                aggregation: sum
                unit: byte
                window: hour
                grace: 10m
                lateness: 44d
            """,
            TestContext.Current.CancellationToken);
        (await RunAsync(["catalog", "apply", files, "--reason", "the first list", .. options])).ShouldContain("published 1 versions");
    }

    // Contracts come with the accounts that they belong to.
    private static async Task ImportAsync(string folder, string[] options, string kind, string rows)
    {
        var file = Path.Combine(folder, kind + ".csv");
        await File.WriteAllTextAsync(file, rows, TestContext.Current.CancellationToken);
        var contracts = Path.Combine(folder, "contracts.csv");
        await File.WriteAllTextAsync(
            contracts,
            "id,account,from,currency,zone,anchorDay,metric,item,included,unitPrice\nC-a,a,2020-01-01,EUR,UTC,1,bytes,B,0,0.1\nC-b,b,2020-01-01,EUR,UTC,1,bytes,B,0,0.1\n",
            TestContext.Current.CancellationToken);
        await RunAsync(["ref", "import", file, .. kind == "accounts" ? [contracts] : Array.Empty<string>(), "--reason", "as told", .. options]);
    }

    private static async Task<IReadOnlyList<string>> ExceptionsAsync(string[] options) =>
    [
        .. JsonElement.Parse(await RunAsync(["exceptions", "list", "--json", .. options])).EnumerateArray()
            .Select(static one => string.Join(' ', ((string[])["tenant", "kind", "reason", "count", "state"]).Select(name => one.GetProperty(name).ToString()))),
    ];

    private static void Complete(KafkaAccess access, UsageValues values)
    {
        using var publisher = new UsagePublisher(access, values, "completion");
        publisher.Begin();
        publisher.Complete(new DateTimeOffset(Day, TimeSpan.Zero).AddHours(14));
        publisher.Commit();
    }

    /// <summary>Waits until so many records have an outcome and the ledger sums to these quantities by account and hour.</summary>
    private static Task UntilAsync(MeteringTopics topics, long read, params (string Account, string Hour, decimal Quantity)[] expected) => Eventually.TrueAsync(
        () => topics.Read == read && Sums(topics.Ledger).SetEquals(expected), $"{read} records read and the ledger {string.Join(", ", expected)}");

    private static HashSet<(string Account, string Hour, decimal Quantity)> Sums(IReadOnlyList<LedgerEntry> ledger) =>
    [
        .. ledger.GroupBy(static entry => (entry.Account, Hour: entry.WindowStart.UtcDateTime.ToString("HH", null)))
            .Select(static window => (window.Key.Account, window.Key.Hour, window.Sum(static entry => entry.Quantity))),
    ];

    private static async Task<string> RunAsync(string[] arguments)
    {
        var (exitCode, output, errors) = await UsageStreamsCommand.RunAsync(arguments);
        exitCode.ShouldBe(0, $"{string.Join(' ', arguments)}\n{output}{errors}");
        return output;
    }
}
