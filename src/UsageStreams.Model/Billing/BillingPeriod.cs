namespace UsageStreams.Model;

public sealed partial record BillingPeriod
{
    /// <summary>The key of a period in billing's state: contract and first day.</summary>
    public static string KeyOf(string contract, Period period) => $"{contract}/{period.Start:yyyyMMdd}";

    /// <summary>The id of the period's n-th transaction: the same transaction written twice has the same id.</summary>
    public static string TransactionId(string contract, DateTimeOffset periodStart, int number) => $"{contract}-{periodStart:yyyyMMdd}-{number}";

    /// <summary>The period with one more ledger entry of its own in it.</summary>
    public BillingPeriod With(LedgerEntry entry)
    {
        var line = Lines.FirstOrDefault(line => string.Equals(line.Metric, entry.Metric, StringComparison.Ordinal))
            ?? new PeriodLine { Metric = entry.Metric, Quantity = 0, Entries = 0, Digest = EventDigest.None.ToBytes() };
        var added = line with
        {
            Quantity = line.Quantity + entry.Quantity,
            Entries = line.Entries + 1,
            Digest = Sum(line.Digest, entry.Digest),
            MetricVersion = Math.Max(line.MetricVersion, entry.MetricVersion),
        };
        return this with { Lines = Replace(Lines, line, added), Dirty = true };
    }

    /// <summary>The period with an adjustment entry that is billed in it.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="locked">The locked period that its window starts in.</param>
    public BillingPeriod WithAdjustment(LedgerEntry entry, Period locked)
    {
        var adjustment = Adjustments.FirstOrDefault(one => one.PeriodStart == locked.Start && string.Equals(one.Metric, entry.Metric, StringComparison.Ordinal))
            ?? new PeriodAdjustment
            {
                Metric = entry.Metric,
                MetricVersion = 0,
                PeriodStart = locked.Start,
                PeriodEnd = locked.End,
                Quantity = 0,
                Entries = 0,
                Digest = EventDigest.None.ToBytes(),
            };
        var added = adjustment with
        {
            Quantity = adjustment.Quantity + entry.Quantity,
            Entries = adjustment.Entries + 1,
            Digest = Sum(adjustment.Digest, entry.Digest),
            MetricVersion = Math.Max(adjustment.MetricVersion, entry.MetricVersion),
        };
        return this with { Adjustments = Replace(Adjustments, adjustment, added), Dirty = true };
    }

    /// <summary>The locked period after an adjustment of it was billed in another.</summary>
    public BillingPeriod AfterAdjustment(PeriodAdjustment adjustment, decimal amount) => this with
    {
        Adjusted = Plus(Adjusted, adjustment.Metric, adjustment.Quantity),
        Billed = Plus(Billed, adjustment.Metric, amount),
    };

    /// <summary>Amounts or quantities with one more.</summary>
    public static IReadOnlyDictionary<string, decimal> Plus(IReadOnlyDictionary<string, decimal> before, string metric, decimal more)
    {
        var sum = new Dictionary<string, decimal>(before, StringComparer.Ordinal);
        sum[metric] = sum.GetValueOrDefault(metric) + more;
        return sum;
    }

    private static byte[] Sum(byte[] left, byte[] right) => (EventDigest.FromBytes(left) + EventDigest.FromBytes(right)).ToBytes();

    private static List<T> Replace<T>(IReadOnlyList<T> all, T old, T next)
        where T : class
    {
        var replaced = all.Select(one => ReferenceEquals(one, old) ? next : one).ToList();
        if (!all.Contains(old)) replaced.Add(next);
        return replaced;
    }
}
