namespace UsageStreams.Model;

public sealed partial record BillingPeriod
{
    /// <summary>The key of a period in billing's state: contract and first day.</summary>
    public static string KeyOf(string contract, Period period) => $"{contract}/{period.Start:yyyyMMdd}";

    /// <summary>The id of the period's n-th transaction: the same transaction written twice has the same id.</summary>
    public static string TransactionId(string contract, DateTimeOffset periodStart, int number) => $"{contract}-{periodStart:yyyyMMdd}-{number}";

    /// <summary>The period with one more ledger entry in it.</summary>
    public BillingPeriod With(LedgerEntry entry)
    {
        var lines = new List<PeriodLine>(Lines.Count + 1);
        var found = false;
        foreach (var line in Lines)
        {
            var same = string.Equals(line.Metric, entry.Metric, StringComparison.Ordinal);
            found |= same;
            lines.Add(same ? Add(line, entry) : line);
        }

        if (!found) lines.Add(Add(new PeriodLine { Metric = entry.Metric, Quantity = 0, Entries = 0, Digest = EventDigest.None.ToBytes() }, entry));
        return this with { Lines = lines, Dirty = true };
    }

    private static PeriodLine Add(PeriodLine line, LedgerEntry entry) => line with
    {
        Quantity = line.Quantity + entry.Quantity,
        Entries = line.Entries + 1,
        Digest = (EventDigest.FromBytes(line.Digest) + EventDigest.FromBytes(entry.Digest)).ToBytes(),
    };
}
