using UsageStreams.Host.Regions;
using UsageStreams.Topology.Regions;

namespace UsageStreams.Host.Tests.Regions;

public sealed class ResidencyFileTests
{
    [Fact]
    public void The_file_of_the_page_is_read()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryFolder.Root(), "docs", "regions.md"));
        var start = page.IndexOf("```yaml regions.yaml\n", StringComparison.Ordinal) + "```yaml regions.yaml\n".Length;
        using var folder = new TemporaryFolder();

        var rules = new ResidencyFile(folder.File("regions.yaml", page[start..page.IndexOf("```", start, StringComparison.Ordinal)])).Read();

        rules.Homes.Select(static home => home.Region).ShouldBe(["eu", "us"]);
        rules.HomesOf("de-4711", []).ShouldBe(["eu"]);
        rules.HomesOf("t-1", ["LE-US"]).ShouldBe(["us"]);
        (rules.Otherwise, rules.KeptHome).ShouldBe(("us", KeptHome.Actors));
    }

    [Theory]
    [InlineData("regions:\n  EU: {}\n", ":2: 'EU' is no name of a region")]
    [InlineData("regions:\n  eu:\n    tenant: [a]\n", ":3: unknown key 'tenant'")]
    [InlineData("regions:\n  eu:\n    tenants: a\n", ":3: 'tenants' must be a list of texts")]
    [InlineData("regions:\n  eu:\n    tenants: [a*b]\n", ":3: 'a*b' has a '*' that is not at its end")]
    [InlineData("regions:\n  eu:\notherwise: us\n", ":3: 'otherwise' is 'us', which is none of the regions")]
    [InlineData("regions:\n  eu:\nkeepHome: [users]\n", ":3: 'users' can't be kept home by itself")]
    [InlineData("regions: []\n", ":1: 'regions' must name at least one region")]
    [InlineData("regions: [\n", "no YAML")]
    [InlineData("", ":1: the file must hold one mapping")]
    public void A_fault_is_told_with_its_line(string text, string fault)
    {
        using var folder = new TemporaryFolder();

        Should.Throw<HostException>(() => new ResidencyFile(folder.File("regions.yaml", text)).Read()).Message.ShouldContain(fault);
    }

    [Fact]
    public void A_region_that_the_file_does_not_know_is_refused()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("regions.yaml", "regions:\n  eu:\nkeepHome: [tenants]\n");

        ResidencyFile.RulesOf(file, "eu").KeptHome.ShouldBe(KeptHome.Tenants);
        Should.Throw<HostException>(() => ResidencyFile.RulesOf(file, "us")).Message.ShouldContain("knows no region 'us'; its regions are eu.");
    }
}
