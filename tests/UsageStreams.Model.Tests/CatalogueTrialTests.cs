using UsageStreams.Model;

namespace UsageStreams.Model.Tests;

/// <summary>What a trial tells, against both catalogues counted whole and subtracted.</summary>
public sealed class CatalogueTrialTests
{
    private const long Hour = 3_600_000;

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 30)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Differences_are_those_of_counting_all_usage_twice(int seed)
    {
        var random = new Random(seed);
        var aggregation = Enum.GetValues<Aggregation>()[seed % Enum.GetValues<Aggregation>().Length];
        var value = aggregation == Aggregation.Unique ? "user" : "quantity";
        var first = Metric("m", 1, "status < 400") with { Aggregation = aggregation, Value = value };
        var other = Metric("other", 1, "") with { Aggregation = Aggregation.Sum };
        Metric[] before = [first, other];
        Metric[] after = [first with { To = At(10 * Hour) }, first with { Version = 2, From = At(10 * Hour), Filter = "status < 500", LatenessMillis = 2 * Hour }, other];
        var events = Enumerable.Range(0, 400).Select(id => Event(random, id)).ToList();

        var differences = Differences(before, after, events);

        differences.ShouldNotBeEmpty();
        differences.ShouldAllBe(static row => row.Metric == "m" && row.Start >= At(10 * Hour));
        differences.ToDictionary(static row => (row.Account, row.Metric, row.Start.ToUnixTimeMilliseconds()), static row => row.Difference)
            .ShouldBe(Subtract(Whole(after, events), Whole(before, events)), ignoreOrder: true);
    }

    [Fact]
    public void The_same_catalogue_changes_nothing() =>
        Differences([Metric("m", 1, "")], [Metric("m", 1, "")], [.. Enumerable.Range(0, 50).Select(static id => Event(new Random(id), id))]).ShouldBeEmpty();

    [Fact]
    public void A_new_metric_is_told_with_all_it_would_count()
    {
        var row = Differences([], [Metric("m", 1, "")], [Event(new Random(1), 1) with { Usage = Usage("t1", Hour + 1, 3, "u") }]).ShouldHaveSingleItem();

        row.ShouldBe(new CatalogueDifference("a1", "C-a1", "m", At(Hour), 0, 1));
        row.Difference.ShouldBe(1);
    }

    [Fact]
    public void Windows_are_summed_by_what_the_caller_asks_for()
    {
        var trial = new CatalogueTrial(MetricCatalogue.Empty, new MetricCatalogue([Metric("m", 1, "") with { Aggregation = Aggregation.Max }]));
        foreach (var hour in (int[])[1, 2, 2]) trial.Count(Usage("t1", hour * Hour, hour, "u"), EventDigest.Of("t1", "web", $"{hour}"), default, hour * Hour, "a1", "C-a1");

        trial.Differences(static _ => 0).ShouldHaveSingleItem().After.ShouldBe(3);
        trial.Differences(static window => window.Start).Select(static row => row.After).ShouldBe([1, 2]);
    }

    [Fact]
    public void A_repetition_is_known_for_the_window_and_in_its_partition()
    {
        var seen = new FirstOccurrences(TimeSpan.FromDays(45));
        var (day, identity) = (86_400_000L, EventDigest.Of("t", "s", "1"));

        seen.IsFirst(0, identity, 0).ShouldBeTrue();
        seen.IsFirst(0, identity, 45 * day).ShouldBeFalse();
        seen.IsFirst(1, identity, 45 * day).ShouldBeTrue();
        seen.IsFirst(0, identity, (45 * day) + 1).ShouldBeTrue();
        seen.IsFirst(0, identity, 46 * day).ShouldBeFalse();
    }

    private static IReadOnlyList<CatalogueDifference> Differences(Metric[] before, Metric[] after, IReadOnlyList<Arrived> events)
    {
        var trial = new CatalogueTrial(new MetricCatalogue(before), new MetricCatalogue(after));
        foreach (var one in events) trial.Count(one.Usage, one.Identity, new EventPosition("usage.events", 0, one.Offset), one.Arrival, AccountOf(one.Usage.Tenant), "C-" + AccountOf(one.Usage.Tenant));
        return trial.Differences(static window => window.Start);
    }

    // Every window of every metric, counted from the events alone.
    private static Dictionary<(string, string, long), decimal> Whole(Metric[] metrics, IReadOnlyList<Arrived> events) => metrics
        .SelectMany(metric => events.Where(one => new MetricRule(metric).Judge(one.Usage, one.Arrival) == MetricVerdict.Taken)
            .GroupBy(one => (AccountOf(one.Usage.Tenant), metric.Code, one.Usage.Time / Hour * Hour))
            .Select(window => (window.Key, Quantity: Quantity(metric.Aggregation, [.. window.OrderBy(one => one.Usage.Time).ThenBy(one => one.Identity.Value)], window.Key.Item3 + Hour))))
        .GroupBy(static window => window.Key).ToDictionary(static window => window.Key, static window => window.Sum(static part => part.Quantity));

    private static decimal Quantity(Aggregation aggregation, List<Arrived> events, long end) => aggregation switch
    {
        Aggregation.Count => events.Count,
        Aggregation.Unique => events.Select(one => one.Usage.User).Distinct(StringComparer.Ordinal).Count(),
        Aggregation.Sum => events.Sum(one => one.Usage.Quantity!.Value),
        Aggregation.Max => events.Max(one => one.Usage.Quantity!.Value),
        Aggregation.Min => events.Min(one => one.Usage.Quantity!.Value),
        Aggregation.Last => events[^1].Usage.Quantity!.Value,
        _ => Math.Round(events.GroupBy(one => one.Usage.Tenant).Sum(tenant => tenant.Zip(tenant.Skip(1).Select(one => one.Usage.Time).Append(end), (one, until) => one.Usage.Quantity!.Value * (until - one.Usage.Time)).Sum()) / Hour, 9, MidpointRounding.AwayFromZero),
    };

    private static Dictionary<(string, string, long), decimal> Subtract(Dictionary<(string, string, long), decimal> left, Dictionary<(string, string, long), decimal> right) => left.Keys.Union(right.Keys)
        .ToDictionary(static key => key, key => left.GetValueOrDefault(key) - right.GetValueOrDefault(key)).Where(static window => window.Value != 0).ToDictionary(static window => window.Key, static window => window.Value);

    private static Arrived Event(Random random, int id)
    {
        var time = random.NextInt64(20 * Hour);
        return new Arrived(
            Usage($"t{random.Next(6)}", time, random.Next(1, 1000) / 10m, $"u{random.Next(8)}", (200 + (random.Next(4) * 100)).ToString(System.Globalization.CultureInfo.InvariantCulture)),
            EventDigest.Of("t", "web", $"{id}"), id, time + random.NextInt64(4 * Hour));
    }

    private static MetricEvent Usage(string tenant, long time, decimal quantity, string user, string status = "200") =>
        new("http.request", "web", tenant, user, null, "site", time, quantity, new PropertySet(new KeyValuePair<string, string>("status", status)));

    private static string AccountOf(string tenant) => tenant is "t0" or "t1" or "t2" ? "a1" : "a2";

    private static DateTimeOffset At(long millis) => DateTimeOffset.FromUnixTimeMilliseconds(millis);

    private static Metric Metric(string code, int version, string filter) => new()
    {
        Code = code, Version = version, From = DateTimeOffset.UnixEpoch, EventTypes = ["http.request"], Filter = filter, Aggregation = Aggregation.Count,
        Unit = "unit", Window = MetricWindow.Hour, GraceMillis = 600_000, Owner = "finance",
    };

    private sealed record Arrived(MetricEvent Usage, EventDigest Identity, long Offset, long Arrival);
}
