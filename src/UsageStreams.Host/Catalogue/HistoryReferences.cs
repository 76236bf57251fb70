using UsageStreams.Host.Kafka;
using UsageStreams.Host.Reference;
using UsageStreams.Host.Regions;
using UsageStreams.Model;

namespace UsageStreams.Host.Catalogue;

/// <summary>The reference data of the <c>ref.*</c> topics as they are now, for resolving events as of their time.</summary>
internal sealed class HistoryReferences
{
    private readonly Dictionary<string, Tenant> _tenants;
    private readonly Dictionary<string, Account> _accounts;
    private readonly Dictionary<string, Contract> _contracts;
    private readonly Dictionary<string, Product> _products;
    private readonly Dictionary<string, TenantTimeline> _timelines = new(StringComparer.Ordinal);

    private readonly RegionHomes? _homes;

    /// <param name="access">Where they are.</param>
    /// <param name="values">Reads their values.</param>
    /// <param name="homes">Who is at home in the region; null where nobody asks.</param>
    /// <param name="cancellation">Ends reading.</param>
    public HistoryReferences(KafkaAccess access, UsageValues values, RegionHomes? homes, CancellationToken cancellation)
    {
        _homes = homes;
        var topics = new ReferenceTopics(access, values);
        _tenants = Read<Tenant>(topics, access.Topics.Tenants, cancellation);
        _accounts = Read<Account>(topics, access.Topics.Accounts, cancellation);
        _contracts = Read<Contract>(topics, access.Topics.Contracts, cancellation);
        _products = Read<Product>(topics, access.Topics.Products, cancellation);
    }

    /// <summary>What an event of a tenant belongs to as of its time.</summary>
    public TimelineSpan Resolve(string tenant, long time)
    {
        if (!_timelines.TryGetValue(tenant, out var timeline))
            _timelines.Add(tenant, timeline = TimelineOf(tenant));
        return timeline.At(time);
    }

    private TenantTimeline TimelineOf(string tenant)
    {
        var known = _tenants.GetValueOrDefault(tenant);
        var timeline = TenantTimeline.Of(tenant, known, _accounts.GetValueOrDefault, _contracts.GetValueOrDefault);
        return _homes?.IsElsewhere(tenant, known, _accounts.GetValueOrDefault) == true ? timeline.AwayFrom(long.MinValue) : timeline;
    }

    /// <summary>Whether a product is sold at a time: one without SKUs always is, and every one as long as none is known at all.</summary>
    public bool Sells(string id, DateTimeOffset time) => _products.Count == 0
        || (_products.TryGetValue(id, out var product) && (product.Skus.Count == 0 || product.Skus.Any(sku => Effective.Covers(sku.From, sku.To, time))));

    /// <summary>Start of the billing period that a window lies in, Unix milliseconds.</summary>
    public long PeriodStart(WindowKey window) =>
        _contracts[window.Contract].Calendar().PeriodOf(DateTimeOffset.FromUnixTimeMilliseconds(window.Start)).Start.ToUnixTimeMilliseconds();

    private static Dictionary<string, T> Read<T>(ReferenceTopics topics, string topic, CancellationToken cancellation)
        where T : class, Avro.IAvroRecord<T>
    {
        var read = new Dictionary<string, T>(StringComparer.Ordinal);
        topics.Read<T>(topic, (key, value) =>
        {
            if (value is null)
                read.Remove(key);
            else
                read[key] = value;
        }, cancellation);
        return read;
    }
}
