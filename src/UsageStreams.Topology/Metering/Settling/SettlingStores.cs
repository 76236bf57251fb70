using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering.Settling;

/// <summary>What settling remembers. Windows, what tenants add to them and the members of unique are on disk: they are kept for weeks.</summary>
internal sealed class SettlingStores(UsageSerdes serdes)
{
    // Of a task: what is counted again and again while its window is open.
    private const int CachedWindows = 2_000;
    private const int CachedContributions = 5_000;
    private const int CachedMembers = 20_000;

    /// <summary>The windows that are not forgotten.</summary>
    public StoreBuilder<WindowKey, Window> Windows { get; } =
        Stores.KeyValue("windows", WindowKeySerde.Instance, serdes.Store<Window>(serdes.Topics.MeteringApplication, "windows")).OnDisk(CachedWindows);

    /// <summary>What each tenant adds to a window, by partition.</summary>
    public StoreBuilder<TenantWindowKey, TenantWindow> Tenants { get; } =
        Stores.KeyValue("contributions", TenantWindowKeySerde.Instance, serdes.Store<TenantWindow>(serdes.Topics.MeteringApplication, "contributions")).OnDisk(CachedContributions);

    /// <summary>The members of unique windows.</summary>
    public StoreBuilder<MemberKey, Member> Members { get; } =
        Stores.KeyValue("members", MemberKeySerde.Instance, serdes.Store<Member>(serdes.Topics.MeteringApplication, "members")).OnDisk(CachedMembers);

    /// <summary>The windows that are open, with the time they close.</summary>
    public StoreBuilder<WindowKey, long> Closings { get; } = Stores.KeyValue("closings", WindowKeySerde.Instance, Serdes.Int64);

    /// <summary>The first window of each hour to be forgotten.</summary>
    public StoreBuilder<long, WindowKey> Expiry { get; } = Stores.KeyValue("expiry", Serdes.Int64, WindowKeySerde.Instance);

    /// <summary>Totals of the billing periods; the store's changelog is the public topic.</summary>
    public StoreBuilder<RunningKey, RunningTotal> Running { get; } =
        Stores.KeyValue("running", RunningKeySerde.Instance, serdes.Running).WithChangelog(serdes.Topics.Running);

    /// <summary>All of them.</summary>
    public StoreBuilder[] All => [Windows, Tenants, Members, Closings, Expiry, Running];
}
