using UsageStreams.Model;

namespace UsageStreams.Oracle.Naive;

/// <summary>The reference data as they are in the end, and what they say about an instant.</summary>
internal sealed class FinalReferences
{
    private readonly Dictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Contract> _contracts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Product> _products = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Code, int Version), Metric> _metrics = [];

    /// <param name="published">Records in the order in which they were published.</param>
    public FinalReferences(IEnumerable<object> published)
    {
        foreach (var record in published)
        {
            switch (record)
            {
                case Tenant tenant: _tenants[tenant.Id] = tenant; break;
                case Account account: _accounts[account.Id] = account; break;
                case Contract contract: _contracts[contract.Id] = contract; break;
                case Product product: _products[product.Id] = product; break;
                case Metric metric: _metrics[(metric.Code, metric.Version)] = metric; break;
                default: throw new ArgumentException($"{record.GetType().Name} is no reference data.", nameof(published));
            }
        }
    }

    /// <summary>All versions of all metrics.</summary>
    public IEnumerable<Metric> Metrics => _metrics.Values;

    /// <summary>Whether a product was sold at an instant. While there are no products, or a product has no SKUs, nobody asks.</summary>
    public bool Sold(string product, long time) => _products.Count == 0
        || (_products.TryGetValue(product, out var known) && (known.Skus.Count == 0 || known.Skus.Any(sku => Holds(sku.From, sku.To, time))));

    public Contract Contract(string id) => _contracts[id];

    /// <summary>The account a tenant's usage of an instant belongs to, mergers followed; null when there is none.</summary>
    public Account? AccountOf(string tenant, long time)
    {
        if (!_tenants.TryGetValue(tenant, out var known)) return null;
        var id = known.Assignments.FirstOrDefault(assignment => Holds(assignment.From, assignment.To, time))?.Account;
        while (id is not null && _accounts.TryGetValue(id, out var account))
        {
            if (account.MergedInto is not { } merge || time < merge.From.ToUnixTimeMilliseconds()) return account;
            id = merge.Account;
        }

        return null;
    }

    /// <summary>The contract of an account at an instant.</summary>
    public Contract? ContractOf(Account account, long time) =>
        account.Contracts.Where(_contracts.ContainsKey).Select(id => _contracts[id]).FirstOrDefault(contract => Holds(contract.From, contract.To, time));

    /// <summary>The metric versions that look at an event's type, hold at its time, whose filter it meets, and whose value it has.</summary>
    public List<Metric> MetricsOf(UsageEvent usage) =>
    [
        .. _metrics.Values.Where(metric => metric.EventTypes.Contains(usage.Type)
            && Holds(metric.From, metric.To, usage.Time.ToUnixTimeMilliseconds())
            && NaiveFilters.Of(metric.Filter)(usage)
            && NaiveValues.Has(metric, usage)),
    ];

    /// <summary>Whether any metric looks at a type.</summary>
    public bool KnowsType(string type) => _metrics.Values.Any(metric => metric.EventTypes.Contains(type));

    private static bool Holds(DateTimeOffset from, DateTimeOffset? to, long time) =>
        from.ToUnixTimeMilliseconds() <= time && (to is not { } end || time < end.ToUnixTimeMilliseconds());
}
