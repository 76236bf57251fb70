using UsageStreams.Host.Generate;
using UsageStreams.Model;

namespace UsageStreams.Host.Tests.Generate;

public sealed class LoadGeneratorTests
{
    private static readonly GenerateOptions Busy = new()
    {
        Records = 20_000, Tenants = 60, Seed = 42, Duplicates = 0.05, Late = 0.02, OutOfOrder = 0.1, UnknownTenants = 0.03, Undecodable = 0.02, Invalid = 0.02,
    };

    [Fact]
    public void The_same_seed_gives_the_same_records()
    {
        var once = new LoadGenerator(Busy).Records().Select(Describe).ToList();

        new LoadGenerator(Busy).Records().Select(Describe).ShouldBe(once);
        new LoadGenerator(Busy with { Seed = 43 }).Records().Select(Describe).SequenceEqual(once).ShouldBeFalse();
    }

    [Fact]
    public void The_random_numbers_are_those_of_the_published_algorithm()
    {
        // splitmix64 of 0 begins 0xe220a8397b1dcdaf; the state of xoshiro256** is its first four numbers.
        var random = new Xoshiro(0);

        random.Next().ShouldBe(0x99ec5f36cb75f2b4UL);
    }

    [Fact]
    public void Its_totals_are_what_a_naive_count_of_its_records_gives()
    {
        var generator = new LoadGenerator(Busy);
        var records = generator.Records().ToList();
        var accounts = generator.Tenants.ToDictionary(static tenant => tenant.Id, static tenant => tenant.Account);

        var valid = records.Where(static record => record.Event is { Id.Length: > 0, Tenant.Length: > 0, Type.Length: > 0 }).Select(static record => record.Event!).ToList();
        var known = valid.Where(usage => accounts.ContainsKey(usage.Tenant)).ToList();
        var distinct = known.DistinctBy(static usage => (usage.Source, usage.Id)).ToList();
        var totals = generator.Totals;
        totals.Records.ShouldBe(20_000);
        totals.Of(GeneratedKind.Event).ShouldBe(distinct.Count);
        totals.Of(GeneratedKind.Duplicate).ShouldBe(known.Count - distinct.Count);
        totals.Of(GeneratedKind.UnknownTenant).ShouldBe(valid.Count - known.Count);
        totals.Of(GeneratedKind.Undecodable).ShouldBe(records.Count(static record => record.Event is null));
        totals.Of(GeneratedKind.Invalid).ShouldBe(records.Count - valid.Count - records.Count(static record => record.Event is null));
        totals.ApiCalls.ShouldBe(distinct.Count(static usage => int.Parse(usage.Properties["status"], System.Globalization.CultureInfo.InvariantCulture) is >= 200 and < 400));
        totals.BytesOut.ShouldBe(distinct.Sum(static usage => usage.Quantity ?? 0));
        totals.ActiveUsers.ShouldBe(distinct.GroupBy(usage => (accounts[usage.Tenant], usage.Time.ToUnixTimeSeconds() / 3600)).Sum(static hour => hour.Select(static usage => usage.User).Distinct().Count()));
    }

    [Fact]
    public void Ids_used_twice_and_events_taken_back_count_as_metering_counts_them()
    {
        var generator = new LoadGenerator(Busy with { Conflicts = 0.02, Retractions = 0.03 });
        var records = generator.Records().ToList();
        var accounts = generator.Tenants.ToDictionary(static tenant => tenant.Id, static tenant => tenant.Account);

        var known = records.Where(static record => record.Event is { Id.Length: > 0, Tenant.Length: > 0, Type.Length: > 0 }).Select(static record => record.Event!).Where(usage => accounts.ContainsKey(usage.Tenant)).ToList();
        var first = known.DistinctBy(static usage => (usage.Source, usage.Id)).ToList();
        var taken = first.Select(static usage => usage.Retracts).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var counted = first.Where(usage => usage.Retracts is null && !taken.Contains(usage.Id)).ToList();
        var totals = generator.Totals;
        totals.Of(GeneratedKind.Retraction).ShouldBe(taken.Count);
        totals.Of(GeneratedKind.Event).ShouldBe(first.Count - taken.Count);
        (totals.Of(GeneratedKind.Duplicate) + totals.Of(GeneratedKind.Conflict)).ShouldBe(known.Count - first.Count);
        taken.Count.ShouldBeGreaterThan(400);
        totals.Of(GeneratedKind.Conflict).ShouldBeGreaterThan(300);
        totals.ApiCalls.ShouldBe(counted.Count(static usage => usage.Properties["status"][0] is '2' or '3'));
        totals.BytesOut.ShouldBe(counted.Sum(static usage => usage.Quantity ?? 0));
        totals.ActiveUsers.ShouldBe(counted.GroupBy(usage => (accounts[usage.Tenant], usage.Time.ToUnixTimeSeconds() / 3600)).Sum(static hour => hour.Select(static usage => usage.User).Distinct().Count()));
    }

    [Fact]
    public void Each_share_is_about_what_was_asked_for()
    {
        var generator = new LoadGenerator(Busy);
        _ = generator.Records().Count();
        var totals = generator.Totals;

        Share(totals.Of(GeneratedKind.Duplicate)).ShouldBe(0.05, 0.01);
        Share(totals.Of(GeneratedKind.UnknownTenant)).ShouldBe(0.03, 0.01);
        Share(totals.Of(GeneratedKind.Undecodable)).ShouldBe(0.02, 0.005);
        Share(totals.Of(GeneratedKind.Invalid)).ShouldBe(0.02, 0.005);
        Share(totals.Late).ShouldBe(0.02, 0.01);
        Share(totals.OutOfOrder).ShouldBe(0.1, 0.02);
    }

    [Fact]
    public void Nothing_but_new_events_comes_where_no_share_is_asked_for()
    {
        var clean = new GenerateOptions { Records = 5_000, Duplicates = 0, Late = 0, OutOfOrder = 0, UnknownTenants = 0, Undecodable = 0, Invalid = 0 };
        var generator = new LoadGenerator(clean);

        var times = generator.Records().Select(static record => record.Event.ShouldNotBeNull().Time).ToList();

        generator.Totals.Of(GeneratedKind.Event).ShouldBe(5_000);
        times.ShouldBe(times.Order());
        times[0].ShouldBeGreaterThanOrEqualTo(clean.From);
        times[^1].ShouldBeLessThan(clean.From + clean.Span);
    }

    [Fact]
    public void The_first_tenant_has_the_most_traffic_and_the_tail_is_long()
    {
        var shares = new LoadGenerator(Busy with { BurstsPerDay = 0, Nights = 0, ZipfExponent = 1 }).Records()
            .Where(static record => record.Kind == GeneratedKind.Event).CountBy(static record => record.Key).OrderByDescending(static pair => pair.Value).ToList();

        shares[0].Key.ShouldBe("generated-tenant-00001");
        (shares[0].Value / (double)shares[1].Value).ShouldBe(2, 0.3);
        shares.Count.ShouldBe(60);
    }

    [Fact]
    public void Nights_are_quieter_than_days()
    {
        var options = Busy with { BurstsPerDay = 0, Nights = 1, Span = TimeSpan.FromDays(4) };
        var generator = new LoadGenerator(options);
        var zones = generator.Tenants.ToDictionary(static tenant => tenant.Id, static tenant => TenantPool.ZoneOffsets[tenant.Zone]);

        var hours = generator.Records().Where(static record => record.Kind == GeneratedKind.Event)
            .Select(record => record.Event!.Time.AddHours(zones[record.Key]).Hour).ToList();

        hours.Count(static hour => hour is >= 12 and < 16).ShouldBeGreaterThan(5 * hours.Count(static hour => hour is >= 0 and < 4));
    }

    [Fact]
    public void In_a_burst_half_of_the_traffic_is_one_tenants()
    {
        var options = Busy with { ZipfExponent = 0, BurstsPerDay = 60, Span = TimeSpan.FromDays(1), Late = 0, OutOfOrder = 0 };

        var busiest = new LoadGenerator(options).Records().Where(static record => record.Kind == GeneratedKind.Event)
            .GroupBy(static record => record.Event!.Time.ToUnixTimeSeconds() / 120)
            .Max(static minutes => minutes.CountBy(static record => record.Key).Max(static pair => pair.Value) / (double)minutes.Count());

        busiest.ShouldBeGreaterThan(0.4);
    }

    [Theory]
    [InlineData("--records")]
    [InlineData("--duplicates")]
    [InlineData("--span")]
    [InlineData("together")]
    public void An_option_out_of_its_range_is_told(string option)
    {
        var options = option switch
        {
            "--records" => new GenerateOptions { Records = 0 },
            "--duplicates" => new GenerateOptions { Duplicates = 1.5 },
            "--span" => new GenerateOptions { Span = TimeSpan.Zero },
            _ => new GenerateOptions { Duplicates = 0.7, UnknownTenants = 0.7 },
        };

        Should.Throw<ArgumentException>(() => new LoadGenerator(options)).Message.ShouldContain(option);
    }

    private static double Share(long count) => count / 20_000.0;

    private static string Describe(GeneratedRecord record) => $"{record.Kind} {record.Key} {Describe(record.Event)} {Convert.ToHexString(record.Bytes ?? [])}";

    private static string Describe(UsageEvent? usage) => usage is null
        ? ""
        : $"{usage.Id} {usage.Tenant} {usage.User} {usage.Time:O} {usage.Quantity} {string.Join(',', usage.Properties)}";
}
