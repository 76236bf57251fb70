using UsageStreams.Model;

namespace UsageStreams.Sinks.Runtime;

/// <summary>What the runtime must know of a document.</summary>
/// <typeparam name="TDocument">The document.</typeparam>
/// <param name="Id">Its id, the key of its receipt.</param>
/// <param name="Account">Its account, whose documents keep their order.</param>
/// <param name="IsDue">Whether this record is one to deliver.</param>
/// <param name="Trace">What caused it, for records without trace headers.</param>
public sealed record DocumentKind<TDocument>(
    Func<TDocument, string> Id, Func<TDocument, string> Account, Func<TDocument, bool> IsDue, Func<TDocument, Trace> Trace);

/// <summary>The kinds of documents there are.</summary>
public static class DocumentKinds
{
    /// <summary>Billing transactions, when they are approved.</summary>
    public static DocumentKind<BillingTransaction> Transactions { get; } = new(
        static document => document.Id, static document => document.Account, static document => document.State == TransactionState.Approved, static document => document.Trace);

    /// <summary>Signals, all of them.</summary>
    public static DocumentKind<CrmSignal> Signals { get; } = new(
        static document => document.Id, static document => document.Account, static _ => true, static document => document.Trace);
}
