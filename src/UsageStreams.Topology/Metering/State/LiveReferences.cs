using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Regions;

namespace UsageStreams.Topology.Metering.State;

/// <summary>The reference data as they are now; what events are counted by follows them by recounts.</summary>
internal sealed class LiveReferences
{
    private readonly TableView<string, Tenant> _tenants;
    private readonly TableView<string, Account> _accounts;
    private readonly TableView<string, Contract> _contracts;
    private readonly TableView<string, Metric> _metrics;
    private readonly TableView<string, Product> _products;
    private readonly TableView<string, ExceptionDecision> _decisions;
    private readonly RegionHome? _home;
    private readonly Func<string, Account?> _account;
    private readonly Func<string, Contract?> _contract;

    public LiveReferences(
        TableView<string, Tenant> tenants,
        TableView<string, Account> accounts,
        TableView<string, Contract> contracts,
        TableView<string, Metric> metrics,
        TableView<string, Product> products,
        TableView<string, ExceptionDecision> decisions,
        RegionHome? home)
    {
        (_tenants, _accounts, _contracts, _metrics, _products, _decisions) = (tenants, accounts, contracts, metrics, products, decisions);
        (_home, _account, _contract) = (home, accounts.Get, contracts.Get);
    }

    /// <summary>Grows whenever any of them changes.</summary>
    public long Version => _tenants.Version + _accounts.Version + _contracts.Version + _metrics.Version + _products.Version + _decisions.Version;

    /// <summary>The last decision about each exception.</summary>
    public IEnumerable<ExceptionDecision> Decisions => _decisions.All.Values;

    /// <summary>Grows whenever a decision comes.</summary>
    public long DecisionsVersion => _decisions.Version;

    public IEnumerable<Metric> Metrics => _metrics.All.Values;

    public IEnumerable<Product> Products => _products.All.Values;

    public Tenant? Tenant(string id) => _tenants.Get(id);

    public Account? Account(string id) => _accounts.Get(id);

    /// <exception cref="ModelException">It is not there, though usage is counted under it.</exception>
    public Contract Contract(string id) => _contracts.Get(id)
        ?? throw new ModelException($"Contract {id} is not in the contracts topic, though usage was resolved to it; publish it again.");

    public Contract? FindContract(string id) => _contracts.Get(id);

    /// <summary>What a tenant's usage is counted by here.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="awayFrom">Event time from which on it is at home in another region, Unix milliseconds; null when it is not.</param>
    public TenantTimeline TimelineOf(string tenant, long? awayFrom)
    {
        var timeline = TenantTimeline.Of(tenant, _tenants.Get(tenant), _account, _contract);
        return awayFrom is { } from ? timeline.AwayFrom(from) : timeline;
    }

    /// <summary>Whether a tenant is at home in another region.</summary>
    public bool IsElsewhere(string tenant)
    {
        if (_home is null) return false;
        var assignments = _tenants.Get(tenant)?.Assignments ?? [];
        return _home.IsElsewhere(tenant, assignments.Select(assignment => _account(assignment.Account)?.LegalEntity).OfType<string>().ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>How many redrives people asked for, by tenant, each with the last decision.</summary>
    public Dictionary<string, (long Count, ExceptionDecision Last)> Redrives()
    {
        var redrives = new Dictionary<string, (long Count, ExceptionDecision Last)>(StringComparer.Ordinal);
        foreach (var decision in _decisions.All.Values)
        {
            if (decision.Redrives == 0) continue;
            var known = redrives.TryGetValue(decision.Tenant, out var before);
            redrives[decision.Tenant] = (before.Count + decision.Redrives, known && before.Last.Time > decision.Time ? before.Last : decision);
        }

        return redrives;
    }
}
