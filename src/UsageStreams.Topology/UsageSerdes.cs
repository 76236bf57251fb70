using UsageStreams.Avro.Registry;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology;

/// <summary>The serdes of all topics: Avro in the registry's wire format, subjects by topic name.</summary>
/// <param name="Registry">The schema registry.</param>
/// <param name="Topics">The topics' names.</param>
public sealed record UsageSerdes(SchemaRegistryClient Registry, UsageTopics Topics)
{
    internal ISerde<UsageEvent> Events => Of<UsageEvent>(Topics.Events);

    internal ISerde<RejectedEvent> Rejected => Of<RejectedEvent>(Topics.Rejected);

    internal ISerde<ParkedTenant> Parked => Of<ParkedTenant>(Topics.Parked);

    internal ISerde<EventOutcomes> Outcomes => Of<EventOutcomes>(Topics.Outcomes);

    internal ISerde<UsageException> Exceptions => Of<UsageException>(Topics.Exceptions);

    internal ISerde<ExceptionDecision> ExceptionDecisions => Of<ExceptionDecision>(Topics.ExceptionDecisions);

    internal ISerde<Metering.Partial> Partials => Of<Metering.Partial>(Topics.Partials);

    internal ISerde<LedgerEntry> Ledger => Of<LedgerEntry>(Topics.Ledger);

    internal ISerde<RunningTotal> Running => Of<RunningTotal>(Topics.Running);

    internal ISerde<Tenant> Tenants => Of<Tenant>(Topics.Tenants);

    internal ISerde<Account> Accounts => Of<Account>(Topics.Accounts);

    internal ISerde<Contract> Contracts => Of<Contract>(Topics.Contracts);

    internal ISerde<Product> Products => Of<Product>(Topics.Products);

    internal ISerde<Metric> Metrics => Of<Metric>(Topics.Metrics);

    internal ISerde<BillingInput> BillingInputs => Of<BillingInput>(Topics.BillingInputs);

    internal ISerde<BillingTransaction> Transactions => Of<BillingTransaction>(Topics.Transactions);

    internal ISerde<Approval> Approvals => Of<Approval>(Topics.Approvals);

    internal ISerde<Receipt> BillingReceipts => Of<Receipt>(Topics.BillingReceipts);

    internal ISerde<RejectedEvent> BillingRejected => Of<RejectedEvent>(Topics.BillingRejected);

    internal ISerde<CrmSignal> Signals => Of<CrmSignal>(Topics.Signals);

    /// <summary>The serde of a store's values, whose changelog is the engine's own topic.</summary>
    internal ISerde<T> Store<T>(string application, string store)
        where T : Avro.IAvroRecord<T> => Of<T>($"{application}-{store}-changelog");

    private AvroSerde<T> Of<T>(string topic)
        where T : Avro.IAvroRecord<T> => new(Registry, topic + "-value");
}
