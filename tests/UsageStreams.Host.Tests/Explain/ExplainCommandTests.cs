using System.Text;
using System.Text.Json;
using UsageStreams.Host.Explain;
using UsageStreams.Host.Kafka;
using UsageStreams.Model;

namespace UsageStreams.Host.Tests.Explain;

public sealed class ExplainCommandTests(ExplainedLoad load) : IClassFixture<ExplainedLoad>
{
    [Fact]
    public void Every_entry_of_a_load_is_proved()
    {
        var reading = new SourceReading(load.Kafka.Access, load.Kafka.Values, TestContext.Current.CancellationToken);
        var prover = new EntryProver(reading.References(), load.Ledger);

        var proofs = prover.Conclude(reading.Read(prover.Ranges, prover.Read));

        proofs.SelectMany(static proof => proof.Differences.Select(difference => $"{proof.Entry.Id}: {difference}")).ShouldBeEmpty();
        proofs.Select(static proof => proof.Entry).ShouldBe(load.Ledger);
        proofs.ShouldContain(static proof => proof.Entry.Kind == EntryKind.Late);
        load.Ledger.Count.ShouldBeGreaterThan(50);
    }

    [Fact]
    public async Task A_transaction_is_proved_down_to_its_events()
    {
        var run = await load.Kafka.Run("explain", load.Transactions[0].Id, "--events", "--json");

        run.Code.ShouldBe(ExitCodes.Done, run.Output + run.Error);
        var told = JsonDocument.Parse(run.Output).RootElement;
        told.GetProperty("proved").GetBoolean().ShouldBeTrue();
        told.GetProperty("entries").GetArrayLength().ShouldBe(told.GetProperty("lines").EnumerateArray().Sum(static line => line.GetProperty("entries").GetArrayLength()));
        told.GetProperty("entries").GetArrayLength().ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task An_entry_tells_its_events_its_window_and_its_bill()
    {
        var late = load.Ledger.First(static entry => entry.Kind == EntryKind.Late && entry.Metric == "active.users");

        var run = await load.Kafka.Run("explain", late.Id, "--all");

        run.Code.ShouldBe(ExitCodes.Done, run.Output + run.Error);
        run.Output.ShouldContain("PROVED");
        run.Output.ShouldContain($"billed in     C-{late.Account}-{ExplainedLoad.Start:yyyyMM}01-");
        run.Output.Split('\n').Count(static line => line.StartsWith("adds ", StringComparison.Ordinal)).ShouldBe((int)late.Count);
        run.Output.ShouldContain("/1: final ");
    }

    [Fact]
    public async Task A_transaction_tells_its_entries_and_its_course()
    {
        var transaction = load.Transactions[0];

        var run = await load.Kafka.Run("explain", transaction.Id);

        run.Code.ShouldBe(ExitCodes.Done, run.Output + run.Error);
        run.Output.ShouldContain("line          api.calls (API-CALLS): ");
        run.Output.ShouldContain("policy:small-total: approve");
        run.Output.ShouldContain("states: draft, approved");
    }

    [Fact]
    public async Task A_metered_event_is_found_by_its_identity_and_by_its_place_with_what_contains_it()
    {
        var metered = Records().First(static record => record.Usage is { Tenant: "t2", Properties: var properties } && properties["status"] == "200");

        var byIdentity = await Explain("t2", "load", metered.Usage!.Id);
        var byPlace = await Explain(metered.Position);

        byIdentity.GetProperty("position").GetString().ShouldBe(metered.Position);
        (byPlace.GetProperty("outcome").GetString(), byPlace.GetProperty("reason").GetString()).ShouldBe(("ledger", "metered"));
        byPlace.GetProperty("entries").EnumerateArray().Select(static entry => entry.GetProperty("entry").GetString()!.Split('/')[2]).Order()
            .ShouldBe(["active.users@1", "api.calls@1", "bytes.out@1"]);
        byPlace.GetProperty("transactions").EnumerateArray().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Every_other_outcome_is_told_with_its_rule()
    {
        var records = Records();
        var first = records.First(record => records.Count(other => other.Identity == record.Identity && record.Usage is not null) == 2);
        var repetition = records.Last(record => record.Identity == first.Identity);

        var duplicate = await Explain(repetition.Position);
        (duplicate.GetProperty("outcome").GetString(), duplicate.GetProperty("other").GetString()).ShouldBe(("duplicate", first.Position));
        (await Outcome(records.First(static record => record.Usage?.Tenant == "nobody"))).ShouldBe(("parked", "unknown-tenant"));
        (await Outcome(records.First(static record => record.Usage?.Quantity < 0))).ShouldBe(("rejected", "negative-quantity"));
        (await Outcome(records.First(static record => record.Usage is null))).ShouldBe(("rejected", "undecodable"));
    }

    [Fact]
    public async Task An_entry_that_does_not_tell_the_truth_is_refuted()
    {
        // Of an account that the other tests leave alone.
        var truth = load.Ledger.First(static entry => entry is { Account: "a1", Metric: "api.calls" });
        var start = truth.WindowStart.AddDays(-300);
        var lie = truth with
        {
            Id = new WindowKey(truth.Account, truth.Contract, truth.Metric, truth.MetricVersion, start.ToUnixTimeMilliseconds()).EntryId(1),
            WindowStart = start, WindowEnd = start.AddHours(1),
        };
        var padded = truth with { Revision = 99, Id = new WindowKey(truth.Account, truth.Contract, truth.Metric, truth.MetricVersion, truth.WindowStart.ToUnixTimeMilliseconds()).EntryId(99) };
        load.Kafka.Publish(load.Kafka.Topics.Ledger, [(lie.Account, lie), (padded.Account, padded)]);

        foreach (var id in (string[])[lie.Id, padded.Id])
        {
            var run = await load.Kafka.Run("explain", id);
            run.Code.ShouldBe(ExitCodes.Failed, run.Output);
            run.Output.ShouldContain("REFUTED");
            run.Output.ShouldContain("digest");
        }
    }

    [Theory]
    [InlineData(ExitCodes.NotFound, "The ledger holds no entry", "a0/C-a0/api.calls@1/20200101T0000/1")]
    [InlineData(ExitCodes.NotFound, "There is no contract 'C-x'", "C-x-20260401-1")]
    [InlineData(ExitCodes.NotFound, "There is no transaction 'C-a0-20200101-1'", "C-a0-20200101-1")]
    [InlineData(ExitCodes.NotFound, "has no event 'none'", "t0", "load", "none")]
    [InlineData(ExitCodes.NotFound, "There is no partition 99", "usage.events:99:0")]
    [InlineData(ExitCodes.NotFound, "There is no event at", "usage.events:0:999999")]
    [InlineData(ExitCodes.Usage, "names nothing that can be explained", "nonsense")]
    [InlineData(ExitCodes.Usage, "names nothing that can be explained", "two", "words")]
    public async Task What_there_is_not_is_told_with_the_next_step(int code, string expected, params string[] id)
    {
        var prefix = id[0].StartsWith("usage.events", StringComparison.Ordinal) ? load.Kafka.Topics.Prefix : "";
        var run = await load.Kafka.Run(["explain", prefix + id[0], .. id[1..]]);

        run.Code.ShouldBe(code, run.Output);
        run.Error.ShouldContain(expected);
        run.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task In_a_region_an_event_of_a_tenant_at_home_elsewhere_waits()
    {
        using var files = new TemporaryFolder();
        var homes = files.File("regions.yaml", """
            regions:
              eu:
                tenants: [t0]
              us:
                tenants: [t1]
            """);
        (await load.Kafka.Run("topics", "create", "--region", "eu")).Code.ShouldBe(ExitCodes.Done);
        PublishTo("eu", Event("t0"), Event("t1"));

        (await Outcome("t0", "--regions", homes)).ShouldBe(("ledger", "metered"));
        (await Outcome("t1", "--regions", homes)).ShouldBe(("parked", "other-region"));
        (await Outcome("t1")).ShouldBe(("ledger", "metered"), "nobody said who is at home where");

        async Task<(string? Outcome, string? Reason)> Outcome(string tenant, params string[] more)
        {
            var told = await Explain([tenant, "web", "1", "--region", "eu", .. more]);
            return (told.GetProperty("outcome").GetString(), told.GetProperty("reason").GetString());
        }

        static UsageEvent Event(string tenant) => new()
        {
            Id = "1", Source = "web", Type = "http.request", Tenant = tenant, User = "u", Product = "site", Time = ExplainedLoad.Start, Quantity = 1,
            Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["status"] = "200" },
        };
    }

    private void PublishTo(string region, params UsageEvent[] events)
    {
        using var publisher = new UsagePublisher(load.Kafka.Access with { Topics = load.Kafka.Topics with { Region = region } }, load.Kafka.Values, "region");
        publisher.Begin();
        foreach (var usage in events)
            publisher.Publish(usage);
        publisher.Commit();
    }

    private async Task<(string? Outcome, string? Reason)> Outcome(EventRecord record)
    {
        var told = await Explain(record.Position);
        return (told.GetProperty("outcome").GetString(), told.GetProperty("reason").GetString());
    }

    private async Task<JsonElement> Explain(params string[] id)
    {
        var run = await load.Kafka.Run(["explain", "--json", .. id]);
        run.Code.ShouldBe(ExitCodes.Done, run.Output + run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private List<EventRecord> Records()
    {
        var records = new List<EventRecord>();
        TopicReader.ReadToEnd(load.Kafka.Access, load.Kafka.Topics.Events, record =>
        {
            if (record.Message.Value is not { } value)
                return;
            var usage = value[0] == 0 ? load.Kafka.Values.Read<UsageEvent>(record.Topic, value) : null;
            records.Add(new EventRecord(
                record.Topic, record.Partition.Value, record.Offset.Value, record.Message.Timestamp.UnixTimestampMs, Encoding.UTF8.GetString(record.Message.Key), usage));
        }, TestContext.Current.CancellationToken);
        return records;
    }
}
