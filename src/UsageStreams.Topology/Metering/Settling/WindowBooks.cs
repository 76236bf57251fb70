using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering.Settling;

/// <summary>
/// Keeps what each contributor adds to a window and what they make together, twice: as booked before the lock, and as it actually is. The two are one until
/// something comes after the lock.
/// </summary>
internal sealed class WindowBooks(KeyValueStore<TenantWindowKey, TenantWindow> tenants, MemberBooks members)
{
    /// <summary>
    /// What a contributor adds to a window so far, to be changed in place: it is kept as it is at the commit. A new one is put at the head of the window's list.
    /// </summary>
    public TenantWindow Open(in TenantWindowKey key, Window window, Aggregation aggregation)
    {
        if (!tenants.TryGet(key, out var tenant))
        {
            tenant = new TenantWindow(new Contribution(aggregation)) { Next = window.First };
            window.First = key.From;
        }

        tenants.Put(key, tenant);
        return tenant;
    }

    /// <summary>Adds to what a contributor adds.</summary>
    /// <param name="key">Which window and contributor.</param>
    /// <param name="window">The window.</param>
    /// <param name="tenant">What it adds so far.</param>
    /// <param name="added">What comes.</param>
    /// <param name="end">End of the window, Unix milliseconds.</param>
    /// <param name="adjusts">Whether it comes after the lock.</param>
    public void Add(in TenantWindowKey key, Window window, TenantWindow tenant, Contribution added, long end, bool adjusts)
    {
        if (adjusts) Split(window, tenant);
        var distinct = members.Add(key, window, tenant, added.Members, adjusts);
        var grown = default(Int128);
        if (!adjusts)
        {
            grown = Merge(tenant.Booked, added, end);
            window.Booked.Add(added, grown, distinct.Booked);
        }

        if (tenant.Apart is not null) grown = Merge(tenant.Apart, added, end);
        window.Apart?.Add(added, grown, distinct.Actual);
    }

    /// <summary>Takes away all that a contributor adds; after the lock, only from what is actual.</summary>
    public void Remove(in TenantWindowKey key, Window window, TenantWindow tenant, long end, bool adjusts)
    {
        if (adjusts) Split(window, tenant);
        var distinct = members.Remove(key, window, tenant, adjusts);
        window.Apart?.Remove(tenant.Actual, Integral(tenant.Actual, end), -distinct.Actual, OthersOf(key, window, static one => one.Actual, tenant.Actual.Aggregation));
        var nothing = new Contribution(tenant.Booked.Aggregation);
        if (adjusts)
        {
            tenant.Apart = nothing;
            return;
        }

        window.Booked.Remove(tenant.Booked, Integral(tenant.Booked, end), -distinct.Booked, OthersOf(key, window, static one => one.Booked, tenant.Booked.Aggregation));
        (tenant.Booked, tenant.Apart) = (nothing, null);
    }

    /// <summary>The events of all contributors that are booked.</summary>
    public Lineage BookedEvents(in WindowKey key, Window window)
    {
        var all = new Lineage();
        foreach (var (_, tenant) in TenantsOf(key, window)) all.Merge(tenant.Booked.Lineage);
        return all;
    }

    /// <summary>Forgets a window's contributors and their members.</summary>
    public void Forget(in WindowKey key, Window window)
    {
        foreach (var (name, tenant) in TenantsOf(key, window))
        {
            members.Remove(name, window, tenant, adjusts: false);
            tenants.Delete(name);
        }
    }

    private static void Split(Window window, TenantWindow tenant)
    {
        window.Split();
        tenant.Split();
    }

    private static Int128 Merge(Contribution all, Contribution added, long end)
    {
        var before = Integral(all, end);
        all.Merge(added, withMembers: false);
        return Integral(all, end) - before;
    }

    private static Int128 Integral(Contribution contribution, long end) => contribution.Steps?.Integral(end) ?? 0;

    private AggregateValue OthersOf(in TenantWindowKey key, Window window, Func<TenantWindow, Contribution> part, Aggregation aggregation)
    {
        var all = default(AggregateValue);
        if (!WindowTotal.NeedsOthers(aggregation)) return all;
        foreach (var (name, tenant) in TenantsOf(key.Window, window))
        {
            if (name != key) all = all.With(aggregation, part(tenant).Value);
        }

        return all;
    }

    private IEnumerable<(TenantWindowKey Name, TenantWindow Tenant)> TenantsOf(WindowKey key, Window window)
    {
        for (var next = window.First; next is { } from;)
        {
            var name = new TenantWindowKey(key, from);
            if (!tenants.TryGet(name, out var tenant))
                throw new InvalidOperationException($"Tenant {from.Tenant} (partition {from.Partition}) is listed in window {key} without a contribution: the state is not whole. Delete the state directory, so that it is restored.");
            yield return (name, tenant);
            next = tenant.Next;
        }
    }
}
