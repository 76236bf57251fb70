using UsageStreams.Model;

namespace UsageStreams.Model.Tests;

public sealed class MetricRuleTests
{
    [Theory]
    [InlineData("200", true)]
    [InlineData("399", true)]
    [InlineData("400", false)]
    [InlineData("199", false)]
    [InlineData("ok", false)]
    public void A_range_of_numbers_includes_its_start_and_excludes_its_end(string status, bool matches) =>
        Successful.Matches(Event(status: status)).ShouldBe(matches);

    [Fact]
    public void A_missing_property_does_not_match() =>
        Successful.Matches(Event() with { Properties = new Dictionary<string, string>() }).ShouldBeFalse();

    [Fact]
    public void An_event_of_another_type_does_not_match() => Successful.Matches(Event() with { Type = "disk.write" }).ShouldBeFalse();

    [Fact]
    public void A_version_counts_from_its_first_instant_until_its_end()
    {
        var rule = new MetricRule(Metric with { From = Noon, To = Noon.AddHours(1) });

        rule.Matches(Event() with { Time = Noon }).ShouldBeTrue();
        rule.Matches(Event() with { Time = Noon.AddTicks(-1) }).ShouldBeFalse();
        rule.Matches(Event() with { Time = Noon.AddHours(1) }).ShouldBeFalse();
    }

    [Fact]
    public void A_set_of_words_takes_only_those()
    {
        var rule = new MetricRule(Metric with { Conditions = [new PropertyCondition { Property = "status", OneOf = ["200", "204"] }] });

        rule.Matches(Event("204")).ShouldBeTrue();
        rule.Matches(Event("201")).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3_599_999, 0)]
    [InlineData(3_600_000, 3_600_000)]
    [InlineData(-1, -3_600_000)]
    public void Windows_start_at_whole_hours_also_before_1970(long time, long start) => Successful.WindowStart(time).ShouldBe(start);

    private static DateTimeOffset Noon { get; } = new(2026, 5, 17, 12, 0, 0, TimeSpan.Zero);

    private static Metric Metric { get; } = new()
    {
        Code = "api.calls",
        Version = 1,
        From = DateTimeOffset.UnixEpoch,
        EventTypes = ["http.request"],
        Conditions = [new PropertyCondition { Property = "status", AtLeast = 200, Below = 400 }],
        Aggregation = Aggregation.Count,
        Unit = "call",
        Window = MetricWindow.Hour,
        GraceMillis = 600_000,
        Owner = "finance",
    };

    private static MetricRule Successful { get; } = new(Metric);

    private static UsageEvent Event(string status = "200") => new()
    {
        Id = "1",
        Source = "web",
        Type = "http.request",
        Tenant = "t",
        Product = "web",
        Time = Noon,
        Properties = new Dictionary<string, string> { ["status"] = status },
    };
}
