using UsageStreams.Topology.Regions;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Regions;

public sealed class RegionTopicsTests
{
    [Fact]
    public void A_region_names_what_holds_its_usage_and_nothing_else()
    {
        var (plain, region) = (new UsageTopics("p."), new UsageTopics("p.", "eu"));
        var names = typeof(UsageTopics).GetProperties().Where(static property => property.PropertyType == typeof(string) && property.Name is not ("Prefix" or "Region" or "HomePrefix"));

        var regional = names.Where(name => (string)name.GetValue(plain)! != (string)name.GetValue(region)!).ToList();

        regional.Select(static name => name.Name).ShouldBe(
        [
            "Events", "Rejected", "Parked", "Outcomes", "Exceptions", "ExceptionDecisions", "Partials", "Ledger", "Running", "Imports", "MeteringApplication", "ExportApplication",
        ], ignoreOrder: true);
        foreach (var name in regional) ((string)name.GetValue(region)!).ShouldBe("p.eu." + ((string)name.GetValue(plain)!)["p.".Length..]);
        region.Global.ShouldBe(plain);
    }

    [Fact]
    public void An_export_of_no_region_is_refused() => Should.Throw<ArgumentException>(
        static () => RegionExportTopology.Build(new UsageSerdes(InMemoryRegistry.Client(), new UsageTopics()))).Message.ShouldContain("of no region");

    [Theory]
    [InlineData("eu-7", "LE-9", "eu")]
    [InlineData("us-1", "LE-1", "us")]
    [InlineData("named", "LE-1", "us")]
    [InlineData("other", "LE-1", "eu")]
    [InlineData("other", "LE-9", "rest")]
    [InlineData("eu-us", "LE-9", "eu us")]
    public void A_tenant_is_at_home_where_it_is_named_else_where_its_business_unit_is(string tenant, string businessUnit, string homes)
    {
        var rules = new Residency([new Home("eu", ["eu-*"], ["LE-1"]), new Home("us", ["us-*", "named", "eu-us"], ["LE-2"])], "rest", KeptHome.None);

        string.Join(' ', rules.HomesOf(tenant, [businessUnit])).ShouldBe(homes);
        (rules with { Otherwise = null }).HomesOf("other", ["LE-9"]).ShouldBeEmpty();
    }
}
