using System.Globalization;
using UsageStreams.Host.Projecting;

namespace UsageStreams.Host.Once;

/// <summary>When a run is over: everything published has come to its end, and no task has anything left to say about it.</summary>
internal static class Settlement
{
    /// <summary>What is missing until all usage before <paramref name="until"/> is settled; null when nothing is.</summary>
    public static string? Missing(Projection projection, DateTimeOffset until)
    {
        var ended = projection.Outcomes.Read;
        if (ended != projection.EventsRead)
            return Say($"{projection.EventsRead - ended} of {projection.EventsRead} events have no outcome yet");
        if ((projection.TransactionMarks.Missing(until) ?? projection.SignalMarks.Missing(until)) is { } behind)
            return behind;
        if (projection.UnsettledTransactions is > 0 and var open)
            return Say($"{open} of {projection.Transactions.Count} transactions are neither posted, failed, rejected nor held");
        return projection.UnansweredSignals is > 0 and var silent
            ? Say($"{silent} of {projection.Signals.Count} signals have no receipt from the CRM")
            : null;
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
