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
        var rule = new MetricRule(Metric with { Filter = """status in ("200", "204")""" });

        rule.Matches(Event("204")).ShouldBeTrue();
        rule.Matches(Event("201")).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3_599_999, 0)]
    [InlineData(3_600_000, 3_600_000)]
    [InlineData(-1, -3_600_000)]
    public void Windows_start_at_whole_hours_also_before_1970(long time, long start) => Successful.WindowStart(time).ShouldBe(start);

    [Theory]
    [InlineData(0, MetricVerdict.Taken)]
    [InlineData(86_400_000, MetricVerdict.Taken)]
    [InlineData(86_400_001, MetricVerdict.TooLate)]
    [InlineData(-60_000, MetricVerdict.Taken)]
    public void An_event_that_lies_further_back_from_its_arrival_than_the_lateness_is_too_late(long back, MetricVerdict verdict)
    {
        var rule = new MetricRule(Metric with { LatenessMillis = 86_400_000 });

        rule.Judge(MetricEvent.Of(Event()), Noon.ToUnixTimeMilliseconds() + back).ShouldBe(verdict);
    }

    [Fact]
    public void Any_lateness_takes_events_of_long_ago() =>
        new MetricRule(Metric with { LatenessMillis = Model.Metric.AnyLateness }).Judge(MetricEvent.Of(Event()), long.MaxValue / 2).ShouldBe(MetricVerdict.Taken);

    [Fact]
    public void An_event_that_the_filter_does_not_take_is_not_taken_however_late() =>
        Successful.Judge(MetricEvent.Of(Event("500")), long.MaxValue / 2).ShouldBe(MetricVerdict.NotTaken);

    [Theory]
    [InlineData("7", "7")]
    [InlineData("0.1234567895", "0.123456790")] // the ledger holds nine digits behind the point
    [InlineData("1e3", "1000")]
    [InlineData("-2", "-2")]
    [InlineData("9999999999999999999", "9999999999999999999")]
    [InlineData("10000000000000000000", null)]
    [InlineData("seven", null)]
    [InlineData("", null)]
    public void A_property_is_summed_when_it_is_a_number_that_the_ledger_can_hold(string text, string? expected)
    {
        var rule = new MetricRule(Metric with { Filter = "", Aggregation = Aggregation.Sum, Value = "properties.status" });
        var usage = MetricEvent.Of(Event(text));

        rule.Takes(usage).ShouldBe(expected is not null);
        rule.TryNumber(usage, out var number).ShouldBe(expected is not null);
        number.ShouldBe(decimal.Parse(expected ?? "0", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void An_event_without_the_value_is_not_taken_except_by_count()
    {
        var usage = MetricEvent.Of(Event() with { Quantity = null, User = null });
        var all = Metric with { Filter = "" };

        new MetricRule(all with { Aggregation = Aggregation.Sum }).Takes(usage).ShouldBeFalse();
        new MetricRule(all with { Aggregation = Aggregation.Last }).Takes(usage).ShouldBeFalse();
        new MetricRule(all with { Aggregation = Aggregation.Unique, Value = "user" }).Takes(usage).ShouldBeFalse();
        new MetricRule(all).Takes(usage).ShouldBeTrue();
    }

    [Fact]
    public void Each_event_counts_one_and_unique_gives_its_member()
    {
        var usage = MetricEvent.Of(Event() with { Quantity = 5, User = "ann" });
        var unique = new MetricRule(Metric with { Aggregation = Aggregation.Unique, Value = "user" });

        Successful.TryNumber(usage, out var one).ShouldBeTrue();
        one.ShouldBe(1);
        unique.TryMember(usage, out var member).ShouldBeTrue();
        member.ShouldBe("ann");
        unique.TryNumber(usage, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(Aggregation.Unique, "quantity", "", "can't aggregate quantity")]
    [InlineData(Aggregation.Sum, "user", "", "can't aggregate user")]
    [InlineData(Aggregation.Sum, "bytes", "", "a property needs 'properties.'")]
    [InlineData(Aggregation.Count, "quantity", "status >", "column 9")]
    public void A_metric_that_can_not_be_compiled_is_named_with_its_fault(Aggregation aggregation, string value, string filter, string expected)
    {
        var error = Should.Throw<ModelException>(() => new MetricRule(Metric with { Aggregation = aggregation, Value = value, Filter = filter }));

        error.Message.ShouldContain("api.calls@1");
        error.Message.ShouldContain(expected);
    }

    [Fact]
    public void A_catalogue_gives_the_rules_of_a_type_in_order_and_refuses_a_version_that_is_there_twice()
    {
        var catalogue = new MetricCatalogue([Metric with { Version = 2 }, Metric, Metric with { Code = "a", EventTypes = ["disk.write"] }]);

        catalogue.OfType("http.request").ToArray().Select(static rule => rule.Version).ShouldBe([1, 2]);
        catalogue.OfType("mail.sent").Length.ShouldBe(0);
        catalogue.KnowsType("disk.write").ShouldBeTrue();
        catalogue.TryFind("api.calls", 2, out _).ShouldBeTrue();
        catalogue.TryFind("api.calls", 3, out _).ShouldBeFalse();
        Should.Throw<ModelException>(() => new MetricCatalogue([Metric, Metric])).Message.ShouldContain("api.calls@1");
    }

    private static DateTimeOffset Noon { get; } = new(2026, 5, 17, 12, 0, 0, TimeSpan.Zero);

    private static Metric Metric { get; } = new()
    {
        Code = "api.calls",
        Version = 1,
        From = DateTimeOffset.UnixEpoch,
        EventTypes = ["http.request"],
        Filter = "status >= 200 and status < 400",
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
