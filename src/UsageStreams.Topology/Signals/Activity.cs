using UsageStreams.Model;

namespace UsageStreams.Topology.Signals;

/// <summary>What an account's entries say about it, day by day.</summary>
internal static class Activity
{
    private const string ActiveUsers = "active.users";
    private static readonly int[] Shares = [100, 80];

    /// <summary>An account and contract before the first entry.</summary>
    public static AccountActivity Start(LedgerEntry first, Period period) => new()
    {
        Account = first.Account,
        Contract = first.Contract,
        Day = null,
        PeriodStart = period.Start,
        Usage = Empty<decimal>(),
        PeriodToDate = Empty<decimal>(),
        ActiveUsers = 0,
        LastUsage = first.Last,
        Alerted = Empty<int>(),
        Trace = first.Trace,
    };

    /// <summary>With one more entry. One of an earlier day still counts for its period; one of an earlier period counts no more.</summary>
    /// <param name="activity">Before it.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="period">The billing period its window starts in.</param>
    /// <param name="isHealth">Whether it says something about the account's health, or counts for what the contract includes alone.</param>
    public static AccountActivity With(this AccountActivity activity, LedgerEntry entry, Period period, bool isHealth)
    {
        if (period.Start > activity.PeriodStart)
            activity = activity with { PeriodStart = period.Start, PeriodToDate = Empty<decimal>(), Alerted = Empty<int>() };
        if (period.Start == activity.PeriodStart)
            activity = activity with { PeriodToDate = Plus(activity.PeriodToDate, entry) };
        if (!isHealth)
            return activity.BillingOnly.Contains(entry.Metric, StringComparer.Ordinal) ? activity : activity with { BillingOnly = [.. activity.BillingOnly, entry.Metric] };
        if (entry.Last > activity.LastUsage) activity = activity with { LastUsage = entry.Last };

        var day = new DateTimeOffset(entry.WindowStart.UtcDateTime.Date, TimeSpan.Zero);
        if (activity.Day is null && day > DayClosed(activity)) activity = activity with { Day = day, Trace = entry.Trace };
        return activity.Day == day ? WithUsage(activity, entry) : activity;
    }

    /// <summary>The alert that is due for a line: the highest share reached and not told yet.</summary>
    public static LimitAlert? AlertFor(this AccountActivity activity, ContractLine line)
    {
        if (line.Included <= 0) return null;
        var quantity = activity.PeriodToDate.GetValueOrDefault(line.Metric);
        foreach (var share in Shares)
        {
            if (share <= activity.Alerted.GetValueOrDefault(line.Metric)) return null;
            if (quantity * 100 < line.Included * share) continue;
            return new LimitAlert { Metric = line.Metric, PeriodStart = activity.PeriodStart, Percent = share, Quantity = quantity, Included = line.Included };
        }

        return null;
    }

    /// <summary>After an alert was told.</summary>
    public static AccountActivity Alerted(this AccountActivity activity, LimitAlert alert) =>
        activity with { Alerted = new Dictionary<string, int>(activity.Alerted, StringComparer.Ordinal) { [alert.Metric] = alert.Percent } };

    /// <summary>
    /// The account's health on its open day. The score is plain on purpose, so that whoever reads it can follow: 40 for having used the product at all,
    /// 10 for each user who was active in the best hour, up to 30, and 10 for each metric with usage, up to 30.
    /// </summary>
    public static AccountHealth Health(this AccountActivity activity) => new()
    {
        Day = activity.Day!.Value,
        Score = 40 + (int)Math.Min(30, 10 * activity.ActiveUsers) + Math.Min(30, 10 * activity.Usage.Count(metric => metric.Value > 0)),
        ActiveUsers = activity.ActiveUsers,
        Usage = activity.Usage,
        PeriodToDate = activity.PeriodToDate
            .Where(metric => !activity.BillingOnly.Contains(metric.Key, StringComparer.Ordinal))
            .ToDictionary(metric => metric.Key, metric => metric.Value, StringComparer.Ordinal),
        LastUsage = activity.LastUsage,
    };

    /// <summary>After its open day was told.</summary>
    public static AccountActivity WithoutDay(this AccountActivity activity) =>
        activity with { Day = null, Usage = Empty<decimal>(), ActiveUsers = 0, ClosedDay = activity.Day };

    private static DateTimeOffset DayClosed(AccountActivity activity) => activity.ClosedDay ?? DateTimeOffset.MinValue;

    private static AccountActivity WithUsage(AccountActivity activity, LedgerEntry entry) => activity with
    {
        Usage = Plus(activity.Usage, entry),
        ActiveUsers = entry.Metric == ActiveUsers ? Math.Max(activity.ActiveUsers, entry.Total) : activity.ActiveUsers,
    };

    private static Dictionary<string, decimal> Plus(IReadOnlyDictionary<string, decimal> quantities, LedgerEntry entry)
    {
        var sum = new Dictionary<string, decimal>(quantities, StringComparer.Ordinal);
        sum[entry.Metric] = sum.GetValueOrDefault(entry.Metric) + entry.Quantity;
        return sum;
    }

    private static Dictionary<string, T> Empty<T>() => new(StringComparer.Ordinal);
}
