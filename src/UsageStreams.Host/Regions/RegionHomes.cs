using UsageStreams.Model;
using UsageStreams.Topology.Regions;

namespace UsageStreams.Host.Regions;

/// <summary>Who is at home in a region, as metering judges it.</summary>
/// <param name="Rules">What the file says.</param>
/// <param name="Region">The region.</param>
internal sealed record RegionHomes(Residency Rules, string Region)
{
    /// <summary>Whether a tenant is at home in another region.</summary>
    /// <param name="id">The tenant's id.</param>
    /// <param name="tenant">The tenant; null when it is not known.</param>
    /// <param name="account">Looks an account up.</param>
    public bool IsElsewhere(string id, Tenant? tenant, Func<string, Account?> account) => Rules.IsElsewhere(
        Region, id, (tenant?.Assignments ?? []).Select(assignment => account(assignment.Account)?.LegalEntity).OfType<string>().ToHashSet(StringComparer.Ordinal));
}
