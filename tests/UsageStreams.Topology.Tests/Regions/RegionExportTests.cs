using System.Text;
using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Regions;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Regions;

public sealed class RegionExportTests
{
    private const int Events = 600;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_byte_of_a_person_or_a_single_event_leaves_the_region(int seed)
    {
        using var region = new RegionRun("eu", InMemoryRegistry.Client(), KeptHome.Tenants | KeptHome.Actors);
        var load = new RegionLoad(seed, region.Tenant);
        foreach (var (usage, headers) in load.Events(Events)) region.Use(usage, headers);
        region.Complete(References.Start.AddHours(8));
        region.Write(Correction(load), RecordHeaders.Empty.With(Trace.CorrelationHeader, load.Note("request-by-hand")));
        load.Note(region.Tenant);

        var left = region.Left.SelectMany(static topic => topic.ReadAll()).ToList();

        left.Count.ShouldBeGreaterThan(15);
        left.ShouldAllBe(static record => !record.Headers.Any());
        var bytes = string.Concat(left.Select(static record => Encoding.Latin1.GetString([.. record.Key!, 0, .. record.Value!, 0])));
        load.Personal.Where(text => bytes.Contains(text, StringComparison.Ordinal)).ShouldBeEmpty();
        bytes.ShouldContain(RegionRun.Account);
    }

    [Fact]
    public void The_scan_finds_such_bytes_in_the_region_s_own_ledger()
    {
        using var region = new RegionRun("eu", InMemoryRegistry.Client());
        var load = new RegionLoad(1, region.Tenant);
        foreach (var (usage, headers) in load.Events(20)) region.Use(usage, headers);
        region.Complete(References.Start.AddHours(8));

        region.Entries.ReadAll().ShouldContain(entry => load.Personal.Contains(entry.Value!.Trace.CorrelationId!));
    }

    [Fact]
    public void The_global_ledger_and_totals_sum_to_what_the_regions_counted()
    {
        var registry = InMemoryRegistry.Client();
        RegionRun[] regions = [new("eu", registry), new("us", registry), new("ap", registry)];
        for (var index = 0; index < regions.Length; index++)
        {
            foreach (var (usage, headers) in new RegionLoad(10 + index, regions[index].Tenant).Events(Events)) regions[index].Use(usage, headers);
            regions[index].Complete(References.Start.AddHours(8));
        }

        var home = regions.SelectMany(static region => region.Entries.ReadAll()).Select(static record => record.Value!).ToList();
        var global = regions.SelectMany(static region => region.Exported.ReadAll()).Select(static record => record.Value!).ToList();

        Sums(global).ShouldBe(Sums(home));
        global.Count.ShouldBe(home.Count);
        global.Select(static entry => entry.Id).Distinct(StringComparer.Ordinal).Count().ShouldBe(global.Count);
        global.Select(static entry => entry.Region).Distinct(StringComparer.Ordinal).ShouldBe(["eu", "us", "ap"]);
        global.SelectMany(static entry => entry.Sources).Select(static source => source.Topic).Distinct(StringComparer.Ordinal)
            .ShouldBe(["test.eu.usage.events", "test.us.usage.events", "test.ap.usage.events"]);
        var totals = regions.SelectMany(static region => region.ExportedTotals.ReadTable()).ToList();
        totals.Where(static total => total.Value.Metric == "api.calls").Sum(static total => total.Value.Quantity)
            .ShouldBe(global.Where(static entry => entry.Metric == "api.calls").Sum(static entry => entry.Quantity));
        totals.Select(static total => total.Key).ShouldBeUnique();
        foreach (var region in regions) region.Dispose();
    }

    [Fact]
    public void A_crash_of_the_export_writes_no_entry_twice()
    {
        using var region = new RegionRun("eu", InMemoryRegistry.Client());
        var load = new RegionLoad(4, region.Tenant);
        for (var part = 1; part <= 4; part++)
        {
            foreach (var (usage, headers) in load.Events(200)) region.Use(usage, headers);
            region.Complete(References.Start.AddHours(2 * part));
            region.CrashExport();
        }

        region.Exported.ReadAll().Select(static record => record.Value!.Id).ShouldBe(region.Entries.ReadAll().Select(static record => "eu/" + record.Value!.Id));
    }

    [Fact]
    public void The_export_tells_how_far_its_region_is()
    {
        using var region = new RegionRun("eu", InMemoryRegistry.Client());
        foreach (var (usage, headers) in new RegionLoad(5, region.Tenant).Events(50)) region.Use(usage, headers);
        region.Complete(References.Start.AddHours(8));

        var mark = region.Exported.ReadWatermarks()[^1];
        (mark.Upstream, mark.Time).ShouldBe(("export-eu/0/1", References.Start.AddHours(8).ToUnixTimeMilliseconds()));
    }

    [Fact]
    public void A_total_that_is_deleted_in_the_region_is_deleted_outside()
    {
        using var region = new RegionRun("eu", InMemoryRegistry.Client());
        foreach (var (usage, headers) in new RegionLoad(6, region.Tenant).Events(50)) region.Use(usage, headers);
        region.Complete(References.Start.AddHours(8));
        var key = region.ExportedTotals.ReadTable()[0].Key;

        region.Delete(key["eu/".Length..]);

        region.ExportedTotals.ReadTable().ShouldNotContain(total => total.Key == key);
    }

    [Theory]
    [InlineData(CauseKind.Mapping, KeptHome.None, "t1@3 ann why")]
    [InlineData(CauseKind.Mapping, KeptHome.Actors, "t1@3  ")]
    [InlineData(CauseKind.Mapping, KeptHome.Tenants, "  ")]
    [InlineData(CauseKind.Contract, KeptHome.Tenants, "t1@3 ann why")]
    [InlineData(CauseKind.Retraction, KeptHome.None, "  ")]
    [InlineData(CauseKind.Amendment, KeptHome.None, "  ")]
    [InlineData(CauseKind.Redrive, KeptHome.None, "  ")]
    public void A_cause_leaves_only_with_what_is_global_anyway(CauseKind kind, KeptHome kept, string expected)
    {
        var entry = Correction(new RegionLoad(1, "t")) with { Cause = new Cause { Kind = kind, Reference = "t1@3", Actor = "ann", Reason = "why" } };

        var cause = new Aggregates("eu", kept).Of(entry).Cause!;

        cause.Kind.ShouldBe(kind);
        $"{cause.Reference} {cause.Actor} {cause.Reason}".ShouldBe(expected);
    }

    /// <summary>Whoever adds a field decides here whether it leaves the region.</summary>
    [Fact]
    public void Every_field_of_an_entry_and_a_total_was_decided_upon()
    {
        FieldsOf(LedgerEntry.Schema).ShouldBe(
        [
            "id", "account", "contract", "metric", "metricVersion", "windowStart", "windowEnd", "quantity", "total", "count", "first", "last", "revision", "kind",
            "sources", "digest", "trace", "bookedIn", "cause", "contractVersion", "mappings", "topologyVersion", "traces", "region",
        ]);
        FieldsOf(RunningTotal.Schema).ShouldBe(["account", "contract", "metric", "periodStart", "quantity", "count", "last", "region"]);
        FieldsOf(SourceRange.Schema).ShouldBe(["topic", "partition", "firstOffset", "lastOffset", "count"]);
    }

    private static IEnumerable<string> FieldsOf(Avro.AvroSchema schema) => ((Avro.RecordSchema)schema).Fields.Select(static field => field.Name);

    private static List<string> Sums(IEnumerable<LedgerEntry> entries) =>
    [
        .. entries.GroupBy(static entry => (entry.Account, entry.Contract, entry.Metric, entry.MetricVersion, entry.WindowStart))
            .OrderBy(static window => window.Key.ToString(), StringComparer.Ordinal)
            .Select(static window => $"{window.Key}: {window.Sum(static entry => entry.Quantity)} of {window.Sum(static entry => entry.Count)}, "
                + window.Select(static entry => EventDigest.FromBytes(entry.Digest)).Aggregate(EventDigest.None, static (sum, digest) => sum + digest).Value),
    ];

    private static LedgerEntry Correction(RegionLoad load) => new()
    {
        Id = "by-hand",
        Account = RegionRun.Account,
        Contract = "C-" + RegionRun.Account,
        Metric = "api.calls",
        MetricVersion = 1,
        WindowStart = References.Start,
        WindowEnd = References.Start.AddHours(1),
        Quantity = -1,
        Total = 1,
        Count = 1,
        First = References.Start,
        Last = References.Start,
        Revision = 7,
        Kind = EntryKind.Reversal,
        Sources = [],
        Digest = EventDigest.None.ToBytes(),
        Trace = new Trace { CorrelationId = load.Note("correlation-by-hand"), Traceparent = load.Note("00-by-hand-01") },
        Cause = new Cause { Kind = CauseKind.Retraction, Reference = load.Note("event-by-hand"), Actor = load.Note("ann.by.hand"), Reason = load.Note("reason-by-hand") },
        Mappings = [load.Note("tenant-by-hand@3")],
        Traces = [load.Note("00-another-by-hand-01")],
    };
}
