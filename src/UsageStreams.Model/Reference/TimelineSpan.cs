namespace UsageStreams.Model;

public sealed partial record TimelineSpan
{
    /// <summary>Whether usage in this span can be counted: its account and contract are known.</summary>
    public bool IsResolved => Gap == TimelineGap.None;

    /// <summary>Whether usage belongs to the same account and contract in both, or lacks the same; times and versions don't count.</summary>
    public bool ResolvesAs(TimelineSpan other) =>
        Gap == other.Gap && string.Equals(Account, other.Account, StringComparison.Ordinal) && string.Equals(Contract, other.Contract, StringComparison.Ordinal);

    internal bool HasVersionsOf(TimelineSpan other) =>
        AccountVersion == other.AccountVersion && ContractVersion == other.ContractVersion && Merged.SequenceEqual(other.Merged, StringComparer.Ordinal);
}
