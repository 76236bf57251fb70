namespace UsageStreams.Topology;

/// <summary>The names of all topics. A prefix lets several installations share a cluster.</summary>
/// <param name="Prefix">Put before every name, application and transactional id; empty by default. Letters, digits, '.', '_' and '-'.</param>
/// <param name="Region">
/// The region whose usage is meant, such as <c>eu</c>: the topics that hold events, and what is made of them before they are summed, are named
/// <c>eu.usage.events</c> and so on. Reference data, billing and signals are global. Empty by default: no regions. See docs/regions.md.
/// </param>
public sealed record UsageTopics(string Prefix = "", string Region = "")
{
    /// <summary>The topics without a region: what all regions share.</summary>
    public UsageTopics Global => this with { Region = "" };

    /// <summary>Put before what belongs to the region: the prefix, and the region with a dot.</summary>
    public string HomePrefix => Region.Length == 0 ? Prefix : $"{Prefix}{Region}.";

    /// <summary>What producers publish; key: tenant.</summary>
    public string Events => HomePrefix + "usage.events";

    /// <summary>Records that can never be counted as they are.</summary>
    public string Rejected => HomePrefix + "usage.rejected";

    /// <summary>What waits for a mapping; key: tenant.</summary>
    public string Parked => HomePrefix + "usage.parked";

    /// <summary>How events ended, per partition and record key.</summary>
    public string Outcomes => HomePrefix + "usage.outcomes";

    /// <summary>What a person should know of or act on; written by metering only; key: exception.</summary>
    public string Exceptions => HomePrefix + "usage.exceptions";

    /// <summary>What people decided about exceptions; key: exception.</summary>
    public string ExceptionDecisions => HomePrefix + "usage.exception-decisions";

    /// <summary>Sums on their way from tenants to accounts; key: window.</summary>
    public string Partials => $"{MeteringApplication}-partials-repartition";

    /// <summary>The append-only usage ledger; key: account.</summary>
    public string Ledger => HomePrefix + "usage.ledger";

    /// <summary>Period-to-date totals; key: account, metric, period.</summary>
    public string Running => HomePrefix + "usage.running";

    /// <summary>How far sources were imported; key: source.</summary>
    public string Imports => HomePrefix + "usage.imports";

    /// <summary>Tenants and the accounts they belong to; key: tenant.</summary>
    public string Tenants => Prefix + "ref.tenants";

    /// <summary>Customers; key: account.</summary>
    public string Accounts => Prefix + "ref.accounts";

    /// <summary>Contracts; key: contract.</summary>
    public string Contracts => Prefix + "ref.contracts";

    /// <summary>Products and the SKUs they were sold under; key: product.</summary>
    public string Products => Prefix + "ref.products";

    /// <summary>Metric versions; key: code@version.</summary>
    public string Metrics => Prefix + "ref.metrics";

    /// <summary>What billing acts on, by account; written by billing itself.</summary>
    public string BillingInputs => $"{BillingApplication}-inputs-repartition";

    /// <summary>Transactions, one record for each state they pass through; key: account.</summary>
    public string Transactions => Prefix + "billing.transactions";

    /// <summary>Decisions about transactions; key: transaction.</summary>
    public string Approvals => Prefix + "billing.approvals";

    /// <summary>What ERP systems answered; key: transaction.</summary>
    public string BillingReceipts => Prefix + "billing.receipts";

    /// <summary>Decisions and receipts that could not be acted on, with the reason; key: the transaction they name.</summary>
    public string BillingRejected => Prefix + "billing.rejected";

    /// <summary>Signals for CRM systems; key: account.</summary>
    public string Signals => Prefix + "crm.signals";

    /// <summary>What CRM systems answered; key: signal.</summary>
    public string CrmReceipts => Prefix + "crm.receipts";

    /// <summary>Application id of the metering topology.</summary>
    public string MeteringApplication => HomePrefix + "metering";

    /// <summary>Application id of the topology that takes a region's ledger to the global one.</summary>
    public string ExportApplication => HomePrefix + "export";

    /// <summary>Application id of the billing topology.</summary>
    public string BillingApplication => Prefix + "billing";

    /// <summary>Application id of the signals topology.</summary>
    public string SignalsApplication => Prefix + "signals";
}
