using UsageStreams.Model;

namespace UsageStreams.Topology;

/// <summary>Every topic that producers, topologies, sinks and tools share. Repartition topics and changelogs are the engine's to create.</summary>
public static class TopicCatalogue
{
    /// <summary>Partitions of a topic when nobody says otherwise.</summary>
    public const int DefaultPartitions = 4;

    /// <summary>All topics.</summary>
    /// <param name="topics">Their names.</param>
    /// <param name="partitions">Partitions of those that are partitioned by tenant or account, 1 or more.</param>
    public static IReadOnlyList<TopicDefinition> All(UsageTopics topics, int partitions = DefaultPartitions) =>
    [
        new(topics.Events, "tenant", partitions, TopicRetention.Long, UsageEvent.Schema) { HasBrokerTime = true },
        new(topics.Rejected, "as read", partitions, TopicRetention.Long, RejectedEvent.Schema),
        new(topics.Parked, "tenant", partitions, TopicRetention.Compact, ParkedTenant.Schema),
        new(topics.Outcomes, "partition/record key", partitions, TopicRetention.Compact, EventOutcomes.Schema),
        new(topics.Exceptions, "exception", partitions, TopicRetention.Compact, UsageException.Schema),
        new(topics.ExceptionDecisions, "exception", 1, TopicRetention.Forever, ExceptionDecision.Schema),
        new(topics.Ledger, "account", partitions, TopicRetention.Forever, LedgerEntry.Schema),
        new(topics.Running, "account/metric/period", partitions, TopicRetention.Compact, RunningTotal.Schema),
        new(topics.Imports, "source", 1, TopicRetention.Compact, ImportProgress.Schema),
        new(topics.Tenants, "tenant", 1, TopicRetention.Compact, Tenant.Schema),
        new(topics.Accounts, "account", 1, TopicRetention.Compact, Account.Schema),
        new(topics.Contracts, "contract", 1, TopicRetention.Compact, Contract.Schema),
        new(topics.Products, "product", 1, TopicRetention.Compact, Product.Schema),
        new(topics.Metrics, "code@version", 1, TopicRetention.Compact, Metric.Schema),
        new(topics.Transactions, "account", partitions, TopicRetention.Forever, BillingTransaction.Schema),
        new(topics.Approvals, "transaction", partitions, TopicRetention.Forever, Approval.Schema),
        new(topics.BillingRejected, "transaction", partitions, TopicRetention.Long, RejectedEvent.Schema),
        new(topics.BillingReceipts, "transaction", partitions, TopicRetention.Compact, Receipt.Schema),
        new(topics.Signals, "account", partitions, TopicRetention.Forever, CrmSignal.Schema),
        new(topics.CrmReceipts, "signal", partitions, TopicRetention.Compact, Receipt.Schema),
        .. topics.Region.Length == 0 ? [] : Exported(topics.Global, partitions),
    ];

    /// <summary>Where a region's aggregates go.</summary>
    private static TopicDefinition[] Exported(UsageTopics global, int partitions) =>
    [
        new(global.Ledger, "account", partitions, TopicRetention.Forever, LedgerEntry.Schema),
        new(global.Running, "region/account/metric/period", partitions, TopicRetention.Compact, RunningTotal.Schema),
    ];
}
