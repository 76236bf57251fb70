namespace UsageStreams.Topology.Regions;

/// <summary>Tells of tenants whether they are at home in another region than the one that is metered here.</summary>
internal sealed class RegionHome(Residency rules, string region)
{
    /// <summary>Whether a tenant is at home elsewhere. One of which nothing is known, not even a rule that names it, is not: it waits to become known.</summary>
    /// <param name="tenant">The tenant's id.</param>
    /// <param name="businessUnits">The legal entities of the accounts it belongs to.</param>
    public bool IsElsewhere(string tenant, IReadOnlyCollection<string> businessUnits)
    {
        if (businessUnits.Count == 0 && !rules.Homes.Any(home => home.NamesTenant(tenant))) return false;
        var homes = rules.HomesOf(tenant, businessUnits);
        return homes.Count > 0 && !homes.Contains(region, StringComparer.Ordinal);
    }
}
