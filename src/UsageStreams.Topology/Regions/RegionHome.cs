namespace UsageStreams.Topology.Regions;

/// <summary>Tells of tenants whether they are at home in another region than the one that is metered here.</summary>
internal sealed class RegionHome(Residency rules, string region)
{
    /// <inheritdoc cref="Residency.IsElsewhere"/>
    public bool IsElsewhere(string tenant, IReadOnlyCollection<string> businessUnits) => rules.IsElsewhere(region, tenant, businessUnits);
}
