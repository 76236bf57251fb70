namespace UsageStreams.Topology.Regions;

/// <summary>Which region is home to which tenants.</summary>
/// <param name="Homes">The regions, in the order of their file.</param>
/// <param name="Otherwise">Home of tenants that no region names; null when there is none.</param>
/// <param name="KeptHome">What stays home beyond what always does.</param>
public sealed record Residency(IReadOnlyList<Home> Homes, string? Otherwise, KeptHome KeptHome)
{
    /// <summary>Regions that name a tenant, itself or its business unit; where none does, <see cref="Otherwise"/>. More than one is a fault of the rules.</summary>
    /// <param name="tenant">The tenant's id.</param>
    /// <param name="businessUnits">The legal entities of the accounts it belongs to.</param>
    public IReadOnlyList<string> HomesOf(string tenant, IReadOnlyCollection<string> businessUnits)
    {
        // A tenant that is named goes before its business unit, so that there can be exceptions.
        List<string> named = [.. Homes.Where(home => home.NamesTenant(tenant)).Select(static home => home.Region)];
        if (named.Count == 0)
            named.AddRange(Homes.Where(home => home.BusinessUnits.Any(businessUnits.Contains)).Select(static home => home.Region));
        if (named.Count == 0 && Otherwise is not null)
            named.Add(Otherwise);
        return named;
    }

    /// <summary>Whether a tenant is at home elsewhere. One of which nothing is known, not even a rule that names it, is not: it waits to become known.</summary>
    /// <param name="region">The region that asks.</param>
    /// <param name="tenant">The tenant's id.</param>
    /// <param name="businessUnits">The legal entities of the accounts it belongs to.</param>
    public bool IsElsewhere(string region, string tenant, IReadOnlyCollection<string> businessUnits)
    {
        if (businessUnits.Count == 0 && !Homes.Any(home => home.NamesTenant(tenant))) return false;
        var homes = HomesOf(tenant, businessUnits);
        return homes.Count > 0 && !homes.Contains(region, StringComparer.Ordinal);
    }
}

/// <summary>Who is at home in a region.</summary>
/// <param name="Region">Its name, as topics have it.</param>
/// <param name="Tenants">Ids of tenants; one that ends in <c>*</c> stands for all that begin with what is before it.</param>
/// <param name="BusinessUnits">Legal entities of ours whose customers are at home here.</param>
public sealed record Home(string Region, IReadOnlyList<string> Tenants, IReadOnlyList<string> BusinessUnits)
{
    /// <summary>Whether one of <see cref="Tenants"/> stands for a tenant.</summary>
    public bool NamesTenant(string tenant) => Tenants.Any(pattern =>
        pattern.EndsWith('*') ? tenant.StartsWith(pattern[..^1], StringComparison.Ordinal) : string.Equals(tenant, pattern, StringComparison.Ordinal));
}
