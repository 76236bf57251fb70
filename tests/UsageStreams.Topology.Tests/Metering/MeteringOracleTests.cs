using UsageStreams.Model;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Metering;

/// <summary>The ledger against a naive recount, for loads by seed with repetitions, late and shuffled events, unknown tenants, garbage and crashes.</summary>
public sealed class MeteringOracleTests
{
    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_ledger_is_what_a_naive_recount_says_whatever_arrives_and_crashes(int seed)
    {
        var random = new Random(seed);
        using var run = new MeteringRun(partitions: 1 + random.Next(4), commitAfterEachRecord: false);
        var arrivals = Arrivals(random, 1500);
        var garbage = 0;

        foreach (var usage in arrivals)
        {
            run.Pipe(usage);
            var dice = random.Next(100);
            if (dice < 10) run.Commit();
            if (dice == 10) run.Crash();
            if (dice == 11)
            {
                garbage++;
                run.PipeRaw([(byte)'g'], [1, 2, 3]);
            }
        }

        run.Complete(References.Start.AddDays(1));

        var oracle = new NaiveLedger(arrivals, AccountOf);
        var entries = run.Ledger.ReadAll().Select(record => record.Value!).ToList();
        SumPerWindow(entries).ShouldBe(oracle.Totals, ignoreOrder: true);
        run.Outcomes.ShouldBe(new EventOutcomes
        {
            Read = arrivals.Count + garbage,
            Counted = oracle.Counted,
            Duplicate = oracle.Duplicates,
            Rejected = garbage,
            Parked = oracle.Parked,
        });
        DigestOf(entries, "bytes.out").ShouldBe(DigestOf(arrivals));
        entries.Where(entry => entry.Metric == "bytes.out").Sum(entry => entry.Count).ShouldBe(oracle.WithQuantity);
        entries.Where(entry => entry.Metric == "bytes.out").SelectMany(entry => entry.Sources).Sum(source => source.Count).ShouldBe(oracle.WithQuantity);
        run.Running.Where(total => total.Metric == "bytes.out").Sum(total => total.Quantity).ShouldBe(entries.Where(entry => entry.Metric == "bytes.out").Sum(entry => entry.Quantity));
        run.Parked.Sum(tenant => tenant.Waiting.Sum(waiting => waiting.Count)).ShouldBe(oracle.Parked);
    }

    private static string? AccountOf(string tenant) =>
        tenant[0] == 't' ? $"a{int.Parse(tenant[1..], System.Globalization.CultureInfo.InvariantCulture) % MeteringRun.Accounts}" : null;

    private static List<UsageEvent> Arrivals(Random random, int count)
    {
        var arrivals = new List<UsageEvent>();
        for (var i = 0; i < count; i++)
        {
            var tenant = random.Next(100) < 3 ? $"x{random.Next(3)}" : $"t{random.Next(MeteringRun.Tenants)}";
            var late = random.Next(100) < 2 ? TimeSpan.FromHours(random.Next(1, 4)) : TimeSpan.FromMinutes(random.Next(8));
            var time = References.Start.AddSeconds(20 * i) - late;
            var status = random.Next(5) switch { 0 => "404", 1 => "304", _ => "200" };
            arrivals.Add(References.Event(tenant, $"{i}", time, random.Next(10) == 0 ? null : random.Next(100_000) / 10m, $"u{random.Next(6)}", status));
            if (random.Next(100) < 5) arrivals.Add(arrivals[random.Next(arrivals.Count)]);
        }

        return arrivals;
    }

    private static IReadOnlyDictionary<(string Account, string Metric, string Hour), decimal> SumPerWindow(IEnumerable<LedgerEntry> entries) => entries
        .GroupBy(entry => (entry.Account, entry.Metric, entry.WindowStart.UtcDateTime.ToString("yyyyMMddHH", null)))
        .ToDictionary(window => window.Key, window => window.Sum(entry => entry.Quantity));

    private static EventDigest DigestOf(IEnumerable<LedgerEntry> entries, string metric) => entries
        .Where(entry => entry.Metric == metric)
        .Aggregate(EventDigest.None, (sum, entry) => sum + EventDigest.FromBytes(entry.Digest));

    private static EventDigest DigestOf(IEnumerable<UsageEvent> arrivals) => arrivals
        .Where(usage => AccountOf(usage.Tenant) is not null && usage.Quantity is not null)
        .DistinctBy(usage => (usage.Tenant, usage.Source, usage.Id))
        .Aggregate(EventDigest.None, (sum, usage) => sum + EventDigest.Of(usage.Tenant, usage.Source, usage.Id));
}
