using UsageStreams.Model;

namespace UsageStreams.Model.Tests;

public sealed class RatingTests
{
    [Theory]
    [InlineData("0", "0", "0", "0")]
    [InlineData("50", "50", "0", "0")]
    [InlineData("51", "50", "1", "0.01")] // 0.005 rounds half away from zero
    [InlineData("53", "50", "3", "0.02")] // 0.015
    [InlineData("9780", "50", "9730", "48.65")]
    public void What_is_beyond_the_included_quantity_costs_the_unit_price(string used, string included, string billable, string amount) =>
        Line.Rate(Number(used), 2).ShouldBe(new RatedUsage(Number(used), Number(included), Number(billable), Number(amount)));

    [Fact]
    public void Ten_million_times_a_tenth_is_a_million()
    {
        var sum = 0m;
        for (var i = 0; i < 10_000_000; i++) sum += 0.1m;

        (Line with { Included = 0, UnitPrice = 1 }).Rate(sum, 2).Amount.ShouldBe(1_000_000m);
    }

    [Fact]
    public void A_yen_has_no_digits() => (Line with { UnitPrice = 0.5m }).Rate(51, 0).Amount.ShouldBe(1m);

    private static decimal Number(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static ContractLine Line { get; } = new() { Metric = "api.calls", Item = "API-CALLS", Included = 50, UnitPrice = 0.005m };
}
