using UsageStreams.Model;
using UsageStreams.Oracle.Load;

namespace UsageStreams.Oracle.Naive;

/// <summary>
/// The oracle: loads everything, judges each event by the final reference data, groups, and aggregates in decimals, in the plainest way there is.
/// It shares nothing with the product but the types of the records.
/// </summary>
internal static class NaiveMetering
{
    /// <summary>What a load must come to.</summary>
    public static Books Of(UsageLoad load, NaiveTerms terms) =>
        Of(load.Steps.OfType<ReferenceArrives>().Select(static step => step.Record), [.. load.Steps.Select(step => ArrivedBy(step, step.At, load.Partitions)).OfType<Arrived>()], terms);

    /// <summary>What records must come to, wherever their arrivals were told.</summary>
    /// <param name="published">Reference data in the order in which they were published.</param>
    /// <param name="arrived">Records, those of a tenant in the order in which they arrived.</param>
    /// <param name="terms">The bounds that metering was given.</param>
    public static Books Of(IEnumerable<object> published, IReadOnlyList<Arrived> arrived, NaiveTerms terms)
    {
        var references = new FinalReferences(published);
        var judged = new Judge(references, terms).All(arrived);
        var windows = judged
            .SelectMany(static event_ => event_.Metrics.Select(metric => (Event: event_, Metric: metric)))
            .GroupBy(static counted => WindowOf(counted.Event, counted.Metric))
            .ToDictionary(static window => window.Key, window => SumOf(window.Key, window.First().Metric, [.. window.Select(static counted => counted.Event.Arrived)], references));
        return new Books(
            windows,
            judged.SelectMany(static event_ => NamesOf(event_.Outcome).Select(name => (event_.Arrived.Key, name))).GroupBy(static name => name).ToDictionary(static group => group.Key, static group => group.LongCount()),
            windows.GroupBy(window => RunningKey(window.Key, references)).ToDictionary(static total => total.Key, static total => total.Sum(static window => window.Value.Quantity), StringComparer.Ordinal),
            ExceptionsOf(judged));
    }

    /// <summary>Length of a metric's windows, ms.</summary>
    public static long LengthOf(Metric metric) => metric.Window == MetricWindow.Hour ? 3_600_000 : 86_400_000;

    /// <summary>The record that arrives with a step of a load; null when none does.</summary>
    /// <param name="step">The step.</param>
    /// <param name="arrival">When it arrives, Unix ms.</param>
    /// <param name="partitions">Partitions of the topic.</param>
    public static Arrived? ArrivedBy(LoadStep step, long arrival, int partitions) => step switch
    {
        EventArrives arrives => new Arrived(arrival, arrives.Key, arrives.Event, null, arrives.IsAstray && partitions > 1),
        GarbageArrives garbage => new Arrived(arrival, garbage.Key, null, garbage.Value is null ? "missing-value" : "undecodable"),
        _ => null,
    };

    // An event that ended as ledger/metered ended in the ledger, and was read.
    private static string[] NamesOf(string outcome) => [outcome, outcome[..outcome.IndexOf('/', StringComparison.Ordinal)], "read"];

    private static Dictionary<string, long> ExceptionsOf(IReadOnlyList<Judged> judged) => judged
        .Where(static event_ => !event_.Outcome.StartsWith("ledger", StringComparison.Ordinal) && !event_.Outcome.StartsWith("duplicate", StringComparison.Ordinal))
        .Select(static event_ => event_.Outcome)
        .Concat(Misplaced(judged))
        .GroupBy(static name => name, StringComparer.Ordinal)
        .ToDictionary(static group => group.Key, static group => group.LongCount(), StringComparer.Ordinal);

    // Once for each tenant that has anything there but repetitions and what is no event.
    private static IEnumerable<string> Misplaced(IReadOnlyList<Judged> judged) => judged
        .Where(static event_ => event_.Arrived.IsAstray && !event_.Outcome.StartsWith("rejected", StringComparison.Ordinal) && !event_.Outcome.StartsWith("duplicate", StringComparison.Ordinal))
        .Select(static event_ => event_.Arrived.Key)
        .Distinct(StringComparer.Ordinal)
        .Select(static _ => "misplaced/other-partition");

    private static LedgerWindow WindowOf(Judged judged, Metric metric)
    {
        var start = judged.Arrived.Time / LengthOf(metric) * LengthOf(metric);
        return new LedgerWindow(judged.Account, judged.Contract, metric.Code, metric.Version, start);
    }

    private static WindowSum SumOf(LedgerWindow window, Metric metric, List<Arrived> events, FinalReferences references)
    {
        var end = window.Start + LengthOf(metric);
        var locked = NaiveCalendar.LockOf(references.Contract(window.Contract), window.Start);
        var quantity = Aggregates.Of(metric, events, window.Start, end);
        var booked = Aggregates.Of(metric, [.. events.Where(record => record.Arrival < locked)], window.Start, end);
        return new WindowSum(quantity, events.Count, Identity.Sum(events.Select(static record => Identity.Of(record.Event!).Digest())), quantity - booked);
    }

    private static string RunningKey(LedgerWindow window, FinalReferences references)
    {
        var start = NaiveCalendar.PeriodOf(references.Contract(window.Contract), window.Start).Start;
        return $"{window.Account}/{window.Metric}/{DateTimeOffset.FromUnixTimeMilliseconds(start):yyyyMMdd}";
    }
}
