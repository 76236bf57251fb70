using System.Diagnostics.CodeAnalysis;

namespace UsageStreams.Model;

/// <summary>
/// Reference data with all the versions that its topics still hold. Judges as of a version that an entry names; when that is gone, which compaction may
/// have done, it says so.
/// </summary>
public sealed class ReferenceHistory
{
    private readonly Dictionary<string, List<Tenant>> _tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Contract> _contracts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Product> _products = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Code, int Version), MetricRule> _rules = [];
    private readonly Dictionary<(string Tenant, int Version, bool Merged), TenantTimeline> _timelines = [];

    /// <summary>All metric versions.</summary>
    public IReadOnlyCollection<MetricRule> Rules => _rules.Values;

    /// <summary>Adds a version of a tenant; later ones come later.</summary>
    public void Add(Tenant tenant)
    {
        if (!_tenants.TryGetValue(tenant.Id, out var versions)) _tenants.Add(tenant.Id, versions = []);
        versions.RemoveAll(known => known.Version == tenant.Version);
        versions.Add(tenant);
    }

    /// <summary>Adds a version of an account, which takes the place of the last.</summary>
    public void Add(Account account) => _accounts[account.Id] = account;

    /// <summary>Adds a version of a contract, which takes the place of the last.</summary>
    public void Add(Contract contract) => _contracts[contract.Id] = contract;

    /// <summary>Adds a product, which takes the place of the last of its id.</summary>
    public void Add(Product product) => _products[product.Id] = product;

    /// <summary>Adds a metric version.</summary>
    public void Add(Metric metric) => _rules[(metric.Code, metric.Version)] = new MetricRule(metric);

    /// <summary>The newest version of a tenant; null when none is known.</summary>
    public Tenant? FindTenant(string id) => _tenants.GetValueOrDefault(id)?[^1];

    /// <summary>An account; null when it is not known.</summary>
    public Account? FindAccount(string id) => _accounts.GetValueOrDefault(id);

    /// <summary>Looks a contract up.</summary>
    public bool TryContract(string id, [NotNullWhen(true)] out Contract? contract) => _contracts.TryGetValue(id, out contract);

    /// <summary>Looks a metric version up.</summary>
    public bool TryRule(string code, int version, [NotNullWhen(true)] out MetricRule? rule) => _rules.TryGetValue((code, version), out rule);

    /// <summary>Whether an entry's usage may be billed, by the audience of its metric; that of a version that is not known may.</summary>
    public bool IsBilled(LedgerEntry entry) => !TryRule(entry.Metric, entry.MetricVersion, out var rule) || rule.Metric.Audience != Audience.Health;

    /// <summary>Whether a version of a tenant is known.</summary>
    public bool Knows(string tenant, int version) => _tenants.TryGetValue(tenant, out var versions) && versions.Exists(known => known.Version == version);

    /// <summary>What usage of a tenant belongs to at an instant, by the newest reference data or by a version of the tenant.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="time">Event time, Unix milliseconds.</param>
    /// <param name="version">Version of the tenant; null for the newest. One that is not known is as good as none.</param>
    public TimelineSpan SpanOf(string tenant, long time, int? version = null)
    {
        var known = _tenants.GetValueOrDefault(tenant);
        var asked = version is { } number ? known?.Find(one => one.Version == number) : known?[^1];
        return TimelineOf(tenant, asked, merged: true).At(time);
    }

    /// <summary>Every account and contract that usage of a tenant has belonged to at an instant, as far as versions tell; the newest first.</summary>
    public IEnumerable<(string Account, string Contract)> EverOf(string tenant, long time)
    {
        if (!_tenants.TryGetValue(tenant, out var versions)) return [];
        return versions.AsEnumerable().Reverse()
            .SelectMany(version => new[] { TimelineOf(tenant, version, merged: true), TimelineOf(tenant, version, merged: false) })
            .Select(timeline => timeline.At(time))
            .Where(static span => span.IsResolved)
            .Select(static span => (span.Account!, span.Contract!))
            .Distinct();
    }

    /// <summary>Whether a product is sold at an instant: all are as long as none is known; one without SKUs always is, any other while one of them holds.</summary>
    public bool Sells(string product, DateTimeOffset time) =>
        _products.Count == 0
        || (_products.TryGetValue(product, out var known) && (known.Skus.Count == 0 || known.Skus.Any(sku => Effective.Covers(sku.From, sku.To, time))));

    private TenantTimeline TimelineOf(string id, Tenant? tenant, bool merged)
    {
        var key = (id, tenant?.Version ?? 0, merged);
        if (!_timelines.TryGetValue(key, out var timeline))
        {
            timeline = TenantTimeline.Of(id, tenant, account => AccountOf(account, merged), contract => _contracts.GetValueOrDefault(contract));
            _timelines.Add(key, timeline);
        }

        return timeline;
    }

    // Without its merger an account is what it was before it was merged.
    private Account? AccountOf(string id, bool merged) =>
        !_accounts.TryGetValue(id, out var account) ? null : merged || account.MergedInto is null ? account : account with { MergedInto = null };
}
