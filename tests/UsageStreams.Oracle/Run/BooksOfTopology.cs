using System.Numerics;
using UsageStreams.Model;
using UsageStreams.Oracle.Naive;

namespace UsageStreams.Oracle.Run;

/// <summary>What the topics say, in the oracle's words.</summary>
internal static class BooksOfTopology
{
    public static Books Of(
        IEnumerable<LedgerEntry> entries,
        IEnumerable<KeyValuePair<string, EventOutcomes>> outcomes,
        IEnumerable<RunningTotal> running,
        IEnumerable<UsageException> exceptions) => new(
        entries.GroupBy(WindowOf).ToDictionary(static window => window.Key, SumOf),
        outcomes
            .SelectMany(static tally => CountsOf(tally.Value).Select(count => (Key: (KeyOf(tally.Key), count.Key), Count: count.Value)))
            .Where(static tally => tally.Count != 0)
            .GroupBy(static tally => tally.Key)
            .ToDictionary(static key => key.Key, static key => key.Sum(static tally => tally.Count)),
        running
            .GroupBy(static total => $"{total.Account}/{total.Metric}/{total.PeriodStart:yyyyMMdd}", StringComparer.Ordinal)
            .ToDictionary(static key => key.Key, static key => key.Sum(static total => total.Quantity), StringComparer.Ordinal),
        exceptions
            .Where(static exception => exception.Count != 0 && Compared.ContainsKey(exception.Kind))
            .GroupBy(static exception => $"{Compared[exception.Kind]}/{exception.Reason}", StringComparer.Ordinal)
            .ToDictionary(static kind => kind.Key, static kind => kind.Sum(static exception => exception.Count), StringComparer.Ordinal));

    // The kinds that say of an event where it ended, or stands.
    private static readonly Dictionary<ExceptionKind, string> Compared = new()
    {
        [ExceptionKind.Rejected] = "rejected",
        [ExceptionKind.Parked] = "parked",
        [ExceptionKind.LateRejected] = "late-rejected",
        [ExceptionKind.Misplaced] = "misplaced",
    };

    private static IEnumerable<KeyValuePair<string, long>> CountsOf(EventOutcomes tally) =>
    [
        .. tally.Reasons,
        new("ledger", tally.Counted),
        new("duplicate", tally.Duplicate),
        new("rejected", tally.Rejected),
        new("parked", tally.Parked),
        new("late-rejected", tally.LateRejected),
        new("read", tally.Read),
    ];

    private static LedgerWindow WindowOf(LedgerEntry entry) => new(entry.Account, entry.Contract, entry.Metric, entry.MetricVersion, entry.WindowStart.ToUnixTimeMilliseconds());

    private static WindowSum SumOf(IEnumerable<LedgerEntry> window)
    {
        var entries = window.ToList();
        return new WindowSum(
            entries.Sum(static entry => entry.Quantity),
            entries.Sum(static entry => entry.Count),
            Identity.Sum(entries.Select(static entry => Identity.Number(entry.Digest))),
            entries.Where(static entry => entry.Kind == EntryKind.Adjustment).Sum(static entry => entry.Quantity))
        {
            IsCorrected = entries.Exists(static entry => entry.Cause is not null),
        };
    }

    // Keys of outcomes are partition/record key.
    private static string KeyOf(string name) => name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
