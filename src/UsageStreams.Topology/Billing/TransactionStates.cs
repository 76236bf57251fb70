using UsageStreams.Model;

namespace UsageStreams.Topology.Billing;

/// <summary>
/// The states of a transaction:
/// <code>
/// draft ──approve──▶ approved ──accepted──▶ posted
///   │ ▲                 └──────refused────▶ failed ──approve──▶ approved
///   hold, approve
///   ▼ │
///  held ──reject──▶ rejected            (a draft can be rejected too)
/// </code>
/// </summary>
internal static class TransactionStates
{
    /// <summary>The transaction after a decision, or null when its state doesn't allow that.</summary>
    public static BillingTransaction? After(BillingTransaction transaction, Approval approval) => (transaction.State, approval.Decision) switch
    {
        (TransactionState.Draft or TransactionState.Held or TransactionState.Failed, Decision.Approve) => transaction with { State = TransactionState.Approved, Note = null },
        (TransactionState.Draft or TransactionState.Failed, Decision.Hold) => transaction with { State = TransactionState.Held, Note = approval.Reason },
        (TransactionState.Draft or TransactionState.Held or TransactionState.Failed, Decision.Reject) => transaction with { State = TransactionState.Rejected, Note = approval.Reason },
        _ => null,
    };

    /// <summary>The transaction after the ERP's answer, or null when the answer tells nothing new or fits no approved transaction.</summary>
    public static BillingTransaction? After(BillingTransaction transaction, Receipt receipt) => (transaction.State, receipt.Status) switch
    {
        (TransactionState.Approved or TransactionState.Failed, ReceiptStatus.Accepted) => transaction with { State = TransactionState.Posted, RemoteId = receipt.RemoteId, Note = null },
        (TransactionState.Approved, ReceiptStatus.Refused) => transaction with { State = TransactionState.Failed, Note = receipt.Error },
        _ => null,
    };
}
