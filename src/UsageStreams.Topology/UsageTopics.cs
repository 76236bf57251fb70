namespace UsageStreams.Topology;

/// <summary>The names of all topics. A prefix lets several installations share a cluster.</summary>
/// <param name="Prefix">Put before every name, application and transactional id; empty by default. Letters, digits, '.', '_' and '-'.</param>
public sealed record UsageTopics(string Prefix = "")
{
    /// <summary>What producers publish; key: tenant.</summary>
    public string Events => Prefix + "usage.events";

    /// <summary>Records that can never be counted as they are.</summary>
    public string Rejected => Prefix + "usage.rejected";

    /// <summary>What waits for a mapping; key: tenant.</summary>
    public string Parked => Prefix + "usage.parked";

    /// <summary>How events ended, per partition and record key.</summary>
    public string Outcomes => Prefix + "usage.outcomes";

    /// <summary>What a person should know of or act on; written by metering only; key: exception.</summary>
    public string Exceptions => Prefix + "usage.exceptions";

    /// <summary>What people decided about exceptions; key: exception.</summary>
    public string ExceptionDecisions => Prefix + "usage.exception-decisions";

    /// <summary>Sums on their way from tenants to accounts; key: window.</summary>
    public string Partials => $"{MeteringApplication}-partials-repartition";

    /// <summary>The append-only usage ledger; key: account.</summary>
    public string Ledger => Prefix + "usage.ledger";

    /// <summary>Period-to-date totals; key: account, metric, period.</summary>
    public string Running => Prefix + "usage.running";

    /// <summary>How far sources were imported; key: source.</summary>
    public string Imports => Prefix + "usage.imports";

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
    public string MeteringApplication => Prefix + "metering";

    /// <summary>Application id of the billing topology.</summary>
    public string BillingApplication => Prefix + "billing";

    /// <summary>Application id of the signals topology.</summary>
    public string SignalsApplication => Prefix + "signals";
}
