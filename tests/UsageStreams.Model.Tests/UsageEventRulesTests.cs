namespace UsageStreams.Model.Tests;

public sealed class UsageEventRulesTests
{
    private static readonly UsageEvent Good = new()
    {
        Id = "e2", Source = "shop", Type = "http.request", Tenant = "acme", Product = "shop", Time = DateTimeOffset.UnixEpoch, Quantity = 1, Properties = new Dictionary<string, string>(),
    };

    [Fact]
    public void An_event_that_can_be_counted_breaks_no_rule()
    {
        UsageEventRules.Check(Good).ShouldBeNull();
        UsageEventRules.Check(Good with { Quantity = null, Retracts = "e1" }).ShouldBeNull();
        UsageEventRules.Check(Good with { Quantity = 0, Amends = "e1" }).ShouldBeNull();
    }

    [Fact]
    public void Each_rule_has_a_code_of_its_own()
    {
        Code(Good with { Tenant = "" }).ShouldBe("missing-tenant");
        Code(Good with { Id = "" }).ShouldBe("missing-id");
        Code(Good with { Source = "" }).ShouldBe("missing-source");
        Code(Good with { Type = "" }).ShouldBe("missing-type");
        Code(Good with { Quantity = -0.000000001m }).ShouldBe("negative-quantity");
        Code(Good with { Retracts = "e1", Amends = "e1" }).ShouldBe("retracts-and-amends");
        Code(Good with { Retracts = "" }).ShouldBe("missing-withdrawn-id");
        Code(Good with { Amends = "" }).ShouldBe("missing-withdrawn-id");
        Code(Good with { Retracts = "e2" }).ShouldBe("withdraws-itself");
        Code(Good with { Amends = "e2" }).ShouldBe("withdraws-itself");
    }

    [Fact]
    public void An_event_may_be_one_hour_ahead_of_its_arrival_and_no_millisecond_more()
    {
        var hour = (long)UsageEventRules.MaximumSkew.TotalMilliseconds;

        UsageEventRules.CheckTime(Good with { Time = DateTimeOffset.FromUnixTimeMilliseconds(hour) }, arrival: 0).ShouldBeNull();
        UsageEventRules.CheckTime(Good with { Time = DateTimeOffset.FromUnixTimeMilliseconds(hour + 1) }, arrival: 0)!.Value.Code.ShouldBe("future-event");
    }

    private static string Code(UsageEvent usage) => UsageEventRules.Check(usage)!.Value.Code;
}
