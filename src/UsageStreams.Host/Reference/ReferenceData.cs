using UsageStreams.Model;

namespace UsageStreams.Host.Reference;

/// <summary>What metering and billing must know before they can count: who the tenants are, what was agreed, what is measured.</summary>
internal sealed record ReferenceData(
    IReadOnlyList<Tenant> Tenants, IReadOnlyList<Account> Accounts, IReadOnlyList<Contract> Contracts, IReadOnlyList<Metric> Metrics)
{
    /// <summary>Reference data for tenants whose accounts are known: one standard contract for each account, the standard metrics.</summary>
    /// <param name="accountOfTenant">The account of each tenant.</param>
    /// <param name="nameOfAccount">What people call an account.</param>
    public static ReferenceData Of(IEnumerable<KeyValuePair<string, string>> accountOfTenant, Func<string, string> nameOfAccount)
    {
        var tenants = new List<Tenant>();
        var accounts = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (tenant, account) in accountOfTenant)
        {
            tenants.Add(new Tenant { Id = tenant, Assignments = [new TenantAssignment { From = StandardTerms.From, Account = account }] });
            accounts.Add(account);
        }

        return new ReferenceData(
            tenants,
            [.. accounts.Select(account => StandardTerms.AccountOf(account, nameOfAccount(account)))],
            [.. accounts.Select(StandardTerms.ContractOf)],
            StandardTerms.Metrics);
    }
}
