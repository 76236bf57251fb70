using UsageStreams.Model;

namespace UsageStreams.Oracle.Load;

/// <summary>The reference data a load begins with: 8 accounts in several zones, each with a few tenants.</summary>
internal sealed class World(LoadClock clock, Random random, Features features)
{
    public const int Accounts = 8;
    public const int Tenants = 32;

    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York"];

    /// <summary>Tenants that nobody knows at first; the last one never becomes known.</summary>
    public static readonly string[] Strangers = ["x0", "x1", "x2", "x3"];

    /// <summary>All that holds from the beginning.</summary>
    public IEnumerable<object> Initial() =>
    [
        .. MetricsOfLoad.Initial(clock, features),
        .. Enumerable.Range(0, Accounts).Select(index => Contract(index)),
        .. Enumerable.Range(0, Accounts).Select(index => Account(index)),
        .. Enumerable.Range(0, Tenants).Select(index => Tenant($"t{index}", $"a{index % Accounts}")),
        .. EventMaker.KnownProducts.Select(ProductOf),
    ];

    /// <summary>A tenant that belongs to one account for ever.</summary>
    public Tenant Tenant(string id, string account) =>
        new() { Id = id, Assignments = [new TenantAssignment { From = LoadClock.Time(clock.LongBefore), Account = account }] };

    /// <summary>A product that was always sold.</summary>
    public Product ProductOf(string id) =>
        new() { Id = id, Name = id, Skus = [new SkuMapping { From = LoadClock.Time(clock.LongBefore), Sku = id.ToUpperInvariant() }] };

    private static Account Account(int index) => new()
    {
        Id = $"a{index}",
        Name = $"Account {index}",
        LegalEntity = "1",
        SoldTo = $"S{index}",
        BillTo = $"B{index}",
        CrmAccount = $"crm{index}",
        Contracts = [$"c{index}"],
    };

    private Contract Contract(int index) => new()
    {
        Id = $"c{index}",
        Account = $"a{index}",
        From = LoadClock.Time(clock.LongBefore),
        Currency = "USD",
        CurrencyDigits = 2,
        Zone = Zones[random.Next(Zones.Length)],
        AnchorDay = 1 + random.Next(31),
        LockDays = random.Next(6),
        Lines = [new ContractLine { Metric = MetricsOfLoad.Calls, Item = "CALLS", Included = 10, UnitPrice = 0.5m }],
    };
}
