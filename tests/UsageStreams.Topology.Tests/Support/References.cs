using UsageStreams.Model;

namespace UsageStreams.Topology.Tests.Support;

/// <summary>Customers, contracts and metrics that the tests bill.</summary>
internal static class References
{
    public static DateTimeOffset Start { get; } = new(2026, 5, 17, 10, 0, 0, TimeSpan.Zero);

    public static Account Account(string id) => new()
    {
        Id = id,
        Name = $"Account {id}",
        LegalEntity = "LE-1",
        SoldTo = $"CUST-{id}",
        BillTo = $"CUST-{id}",
        CrmAccount = $"CRM-{id}",
        Contracts = [$"C-{id}"],
    };

    public static Contract Contract(string account) => new()
    {
        Id = $"C-{account}",
        Account = account,
        From = DateTimeOffset.UnixEpoch,
        Currency = "USD",
        CurrencyDigits = 2,
        Zone = "UTC",
        AnchorDay = 1,
        Lines =
        [
            new ContractLine { Metric = "api.calls", Item = "API-CALLS", Included = 10, UnitPrice = 0.5m },
            new ContractLine { Metric = "bytes.out", Item = "EGRESS", Included = 1000, UnitPrice = 0.001m },
            new ContractLine { Metric = "active.users", Item = "USERS", Included = 0, UnitPrice = 2 },
        ],
    };

    public static Tenant Tenant(string id, string account) =>
        new() { Id = id, Assignments = [new TenantAssignment { From = DateTimeOffset.UnixEpoch, Account = account }] };

    public static IReadOnlyList<Metric> Metrics { get; } =
    [
        Metric("api.calls", Aggregation.Count) with { Filter = "status >= 200 and status < 400" },
        Metric("bytes.out", Aggregation.Sum),
        Metric("active.users", Aggregation.Unique),
    ];

    public static UsageEvent Event(string tenant, string id, DateTimeOffset time, decimal? quantity = 1, string user = "u", string status = "200") => new()
    {
        Id = id,
        Source = "web",
        Type = "http.request",
        Tenant = tenant,
        User = user,
        Product = "site",
        Time = time,
        Quantity = quantity,
        Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["status"] = status },
    };

    private static Metric Metric(string code, Aggregation aggregation) => new()
    {
        Code = code,
        Version = 1,
        From = DateTimeOffset.UnixEpoch,
        EventTypes = ["http.request"],
        Aggregation = aggregation,
        Value = aggregation == Aggregation.Unique ? "user" : "quantity",
        Unit = "unit",
        Window = MetricWindow.Hour,
        GraceMillis = 600_000,
        Owner = "finance",
    };
}
