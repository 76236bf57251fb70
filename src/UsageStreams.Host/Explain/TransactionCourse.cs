using UsageStreams.Model;

namespace UsageStreams.Host.Explain;

/// <summary>What happened to a transaction.</summary>
internal static class TransactionCourse
{
    /// <summary>Decisions and answers in order of time, between the states it passed through.</summary>
    /// <param name="states">Its states, in order.</param>
    /// <param name="approvals">Decisions about it.</param>
    /// <param name="receipts">What the ERP answered.</param>
    public static IReadOnlyList<TransactionStep> Of(IReadOnlyList<BillingTransaction> states, IReadOnlyList<Approval> approvals, IReadOnlyList<Receipt> receipts)
    {
        var decided = approvals.Select(static approval => new TransactionStep(approval.Time, $"{approval.Actor}: {Word(approval.Decision)}: {approval.Reason}"));
        var answered = receipts.Select(static receipt => new TransactionStep(receipt.Time, FormattableString.Invariant(
            $"{receipt.System} {Word(receipt.Status)} it{(receipt.RemoteId is null ? "" : " as " + receipt.RemoteId)} after {receipt.Attempts} call(s){(receipt.Error is null ? "" : ": " + receipt.Error)}")));
        var passed = states.Select(static state => Word(state.State) + (state.Note is null ? "" : " (" + state.Note + ")"));
        var last = states[^1];
        return
        [
            .. decided.Concat(answered).OrderBy(static step => step.Time),
            new TransactionStep(null, "states: " + string.Join(", ", passed) + (last.RemoteId is null ? "" : "; remote id " + last.RemoteId)),
        ];
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
