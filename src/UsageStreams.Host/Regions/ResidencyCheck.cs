using UsageStreams.Host.Reference;
using UsageStreams.Model;
using UsageStreams.Topology.Regions;

namespace UsageStreams.Host.Regions;

/// <summary>Holds the rules against the tenants that are published: each has exactly one home.</summary>
internal sealed class ResidencyCheck(Residency rules)
{
    /// <summary>Faults told in words.</summary>
    public const int Limit = 100;

    private readonly Dictionary<string, string> _businessUnits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _homes = new(StringComparer.Ordinal);

    /// <summary>Tenants by home; those without, or with several, under the homes' names with blanks between.</summary>
    public IReadOnlyDictionary<string, string> Homes => _homes;

    /// <summary>Reads the tenants and the legal entities of their accounts.</summary>
    public void Read(ReferenceTopics topics, CancellationToken cancellation)
    {
        topics.Read<Account>(topics.Names.Accounts, (id, account) => Put(_businessUnits, id, account?.LegalEntity), cancellation);
        topics.Read<Tenant>(topics.Names.Tenants, (id, tenant) => Put(_homes, id, tenant is null ? null : HomesOf(tenant)), cancellation);
    }

    /// <summary>Tenants whose home is not told, one line each.</summary>
    public IEnumerable<string> Faults() => _homes.Where(static tenant => tenant.Value.Length == 0 || tenant.Value.Contains(' ', StringComparison.Ordinal))
        .Select(static tenant => tenant.Value.Length == 0
            ? $"tenant {tenant.Key} is at home nowhere; name it or its business unit, or say otherwise: REGION."
            : $"tenant {tenant.Key} is at home in {tenant.Value.Replace(" ", " and ", StringComparison.Ordinal)}; name it in one of them.");

    private string HomesOf(Tenant tenant)
    {
        var units = tenant.Assignments.Select(assignment => _businessUnits.GetValueOrDefault(assignment.Account)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return string.Join(' ', rules.HomesOf(tenant.Id, units));
    }

    private static void Put(Dictionary<string, string> values, string id, string? value)
    {
        if (value is null)
            values.Remove(id);
        else
            values[id] = string.Intern(value);
    }
}
