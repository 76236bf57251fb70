using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology;

/// <summary>The effective-dated reference data, whole in every worker.</summary>
internal sealed record ReferenceTables(
    GlobalKTable<string, Tenant> Tenants,
    GlobalKTable<string, Account> Accounts,
    GlobalKTable<string, Contract> Contracts,
    GlobalKTable<string, Metric> Metrics,
    GlobalKTable<string, Product> Products)
{
    public static ReferenceTables Of(StreamsBuilder builder, UsageSerdes serdes) => new(
        builder.GlobalTable(serdes.Topics.Tenants, Consumed.With(Serdes.Utf8, serdes.Tenants).WithName("tenants")),
        builder.GlobalTable(serdes.Topics.Accounts, Consumed.With(Serdes.Utf8, serdes.Accounts).WithName("accounts")),
        builder.GlobalTable(serdes.Topics.Contracts, Consumed.With(Serdes.Utf8, serdes.Contracts).WithName("contracts")),
        builder.GlobalTable(serdes.Topics.Metrics, Consumed.With(Serdes.Utf8, serdes.Metrics).WithName("metrics")),
        builder.GlobalTable(serdes.Topics.Products, Consumed.With(Serdes.Utf8, serdes.Products).WithName("products")));
}
