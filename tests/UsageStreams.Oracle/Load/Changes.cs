using UsageStreams.Model;

namespace UsageStreams.Oracle.Load;

/// <summary>Reference data that change while a load runs.</summary>
internal sealed class Changes(LoadClock clock, Random random, Features features, World world, IReadOnlyList<object> initial)
{
    private readonly Dictionary<string, Tenant> _tenants = initial.OfType<Tenant>().ToDictionary(static tenant => tenant.Id, StringComparer.Ordinal);
    private readonly Dictionary<string, Account> _accounts = initial.OfType<Account>().ToDictionary(static account => account.Id, StringComparer.Ordinal);
    private readonly Dictionary<string, Contract> _contracts = initial.OfType<Contract>().ToDictionary(static contract => contract.Id, StringComparer.Ordinal);
    private readonly List<ReferenceArrives> _all = [];

    /// <summary>The changes, in no order.</summary>
    public IReadOnlyList<ReferenceArrives> All()
    {
        if (features.HasFlag(Features.Mappings)) MapStrangers();
        if (features.HasFlag(Features.Remaps)) MoveTenants();
        if (features.HasFlag(Features.Mergers)) MergeAccounts();
        if (features.HasFlag(Features.ContractEnds)) EndContracts();
        if (features.HasFlag(Features.MetricVersions)) SupersedeMetrics();
        if (features.HasFlag(Features.Products)) Publish(WhileAllIsKept(), world.ProductOf(EventMaker.NewProduct));
        if (features.HasFlag(Features.MetricEnds)) EndMetrics();
        return _all;
    }

    private void MapStrangers()
    {
        foreach (var stranger in World.Strangers[..^1])
            Publish(WhileAllIsKept(), world.Tenant(stranger, AnyAccount()));
    }

    /// <summary>A few tenants move, some of them twice; from before, or from later on.</summary>
    private void MoveTenants()
    {
        foreach (var (at, from) in Enumerable.Range(0, 6).Select(_ => WhenAndFrom()).OrderBy(static move => move.At).ToList())
        {
            var tenant = _tenants[$"t{random.Next(World.Tenants / 2)}"];
            var kept = tenant.Assignments.Where(assignment => assignment.From < LoadClock.Time(from)).ToList();
            kept[^1] = kept[^1] with { To = LoadClock.Time(from) };
            var moved = tenant with
            {
                Assignments = [.. kept, new TenantAssignment { From = LoadClock.Time(from), Account = AnyAccount() }],
                Version = tenant.Version + 1,
                Actor = "revops",
                Reason = "moved",
            };
            _tenants[tenant.Id] = moved;
            Publish(at, moved);
        }
    }

    private void MergeAccounts()
    {
        var (at, from) = WhenAndFrom();
        var merged = _accounts["a6"];
        Publish(at, _accounts["a6"] = merged with { MergedInto = new AccountMerge { Account = "a7", From = LoadClock.Time(from) }, Version = 2, Actor = "revops", Reason = "merged" });
    }

    /// <summary>One contract is followed by the next at once, one after a gap.</summary>
    private void EndContracts()
    {
        foreach (var (index, gap) in new[] { (0, 0L), (1, clock.Span / 10) })
        {
            var (at, from) = WhenAndFrom();
            var ended = _contracts[$"c{index}"];
            var next = ended with { Id = $"c{index}b", From = LoadClock.Time(from + gap), Version = 1, AnchorDay = 1 + random.Next(31) };
            var account = _accounts[$"a{index}"];
            Publish(at, ended with { To = LoadClock.Time(from), Version = 2, Actor = "sales", Reason = "ended" });
            Publish(at, next);
            Publish(at, _accounts[account.Id] = account with { Contracts = [.. account.Contracts, next.Id], Version = 2 });
        }
    }

    private void SupersedeMetrics()
    {
        Publish(WhileAllIsKept(), MetricsOfLoad.OfJobs(clock));
        var bytes = MetricOf(MetricsOfLoad.Bytes);
        var (at, from) = WhenAndFrom();
        Publish(at, bytes with { To = LoadClock.Time(from) });
        Publish(at, MetricsOfLoad.NextBytes(bytes, from));
    }

    /// <summary>One metric ends; of another the end is moved, or taken back, while what it took away can still be counted again.</summary>
    private void EndMetrics()
    {
        var (at, end) = WhenAndFrom();
        Publish(at, MetricOf(MetricsOfLoad.Calls) with { To = LoadClock.Time(end), Actor = "finance", Reason = "retired" });
        if (initial.OfType<Metric>().FirstOrDefault(static metric => metric.Code is MetricsOfLoad.Users or MetricsOfLoad.Average) is not { } moved) return;
        (at, end) = WhenAndFrom();
        Publish(at, moved with { To = LoadClock.Time(end) });
        var later = at + random.NextInt64(Math.Min(clock.Span / 10, 10 * LoadClock.Day));
        Publish(later, moved with { To = random.Next(3) == 0 ? null : LoadClock.Time(later - random.NextInt64(Math.Min(clock.Span / 3, 30 * LoadClock.Day))) });
    }

    private Metric MetricOf(string code) => initial.OfType<Metric>().Single(metric => metric.Code == code);

    private void Publish(long at, object record) => _all.Add(new ReferenceArrives(at, record));

    /// <summary>Mostly effective in the past, and never further back than what the deduplication window holds.</summary>
    private (long At, long From) WhenAndFrom()
    {
        var at = When();
        var back = random.NextInt64(Math.Min(clock.Span / 3, 30 * LoadClock.Day));
        return (at, random.Next(4) == 0 ? at + (back / 4) : at - back);
    }

    private long When() => clock.Share(0.2 + (0.65 * random.NextDouble()));

    // What waits longer than the deduplication window can't be told from a repetition any more.
    private long WhileAllIsKept() => clock.Start + (long)(Math.Min(clock.Span, 43 * LoadClock.Day) * (0.2 + (0.65 * random.NextDouble())));

    private string AnyAccount() => $"a{random.Next(World.Accounts)}";
}
