using UsageStreams.Host.Catalogue;
using UsageStreams.Model;

namespace UsageStreams.Host.Reference;

/// <summary>The metrics and the contract that imported and generated accounts are given.</summary>
internal static class StandardTerms
{
    /// <summary>From when they hold: before any usage.</summary>
    public static readonly DateTimeOffset From = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// <c>api.calls</c>: requests answered with a status of 200 to 399. <c>bytes.out</c>: their sizes, all requests.
    /// <c>active.users</c>: distinct users. All by the hour, with ten minutes of grace, however late: what is imported happened long ago.
    /// </summary>
    public static IReadOnlyList<Metric> Metrics => StandardMetrics.All;

    /// <summary>An account as finance and sales know it.</summary>
    public static Account AccountOf(string id, string name) => new()
    {
        Id = id,
        Name = name,
        LegalEntity = "1",
        SoldTo = "CUST-" + id,
        BillTo = "CUST-" + id,
        CrmAccount = id,
        Contracts = [ContractId(id)],
    };

    /// <summary>The contract of an account: included quantities and overage prices, US dollars, calendar months in UTC.</summary>
    public static Contract ContractOf(string account) => new()
    {
        Id = ContractId(account),
        Account = account,
        From = From,
        Currency = "USD",
        CurrencyDigits = 2,
        Zone = "UTC",
        AnchorDay = 1,
        LockDays = Contract.NeverLocked,
        Lines =
        [
            new ContractLine { Metric = "api.calls", Item = "API-CALLS", Included = 50, UnitPrice = 0.005m },
            new ContractLine { Metric = "bytes.out", Item = "EGRESS-BYTES", Included = 1_000_000, UnitPrice = 0.0000001m },
            new ContractLine { Metric = "active.users", Item = "ACTIVE-USERS", Included = 2, UnitPrice = 0.25m },
        ],
    };

    private static string ContractId(string account) => "C-" + account;
}
