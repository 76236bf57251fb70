using System.Reflection;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering.Settling;

/// <summary>
/// Writes a window's entries so that final, late, reversal and correction entries always sum to what is booked, and adjustments to what actually is less that:
/// an entry's quantity, count and digest are what is missing in the entries before it.
/// </summary>
internal sealed class LedgerWriter(ProcessorContext<string, LedgerEntry> context)
{
    private static readonly string Program =
        typeof(LedgerWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? string.Empty;

    /// <summary>Brings the entries up to what is booked.</summary>
    public void WriteBooked(in WindowSpan span, Window window, EntryKind kind, EntryEvents events, Cause? cause)
    {
        var booked = window.Booked.Tally(span.Aggregation, span.Length);
        var missing = booked - window.Written;
        if (missing.IsNothing) return;
        window.Written = booked;
        window.HasFinal = true;
        Write(span, window, kind, missing, events, cause, bookedIn: null);
    }

    /// <summary>Brings the adjustments up to what is actual.</summary>
    /// <param name="span">The window's name and length.</param>
    /// <param name="window">The window.</param>
    /// <param name="events">The events that made it necessary.</param>
    /// <param name="cause">What made it necessary, when that was not an event.</param>
    /// <param name="bookedIn">Start of the billing period it is booked in; that of the latest adjustment when none is given.</param>
    public void WriteAdjustment(in WindowSpan span, Window window, EntryEvents events, Cause? cause = null, long? bookedIn = null)
    {
        if (window.Apart is null) return;
        var apart = window.Apart.Tally(span.Aggregation, span.Length) - window.Booked.Tally(span.Aggregation, span.Length);
        var missing = apart - window.Adjusted;
        window.AdjustedIn = bookedIn ?? window.AdjustedIn;
        if (missing.IsNothing) return;
        window.Adjusted = apart;
        Write(span, window, EntryKind.Adjustment, missing, events, cause, window.AdjustedIn);
    }

    private void Write(in WindowSpan span, Window window, EntryKind kind, in Tally missing, EntryEvents events, Cause? cause, long? bookedIn)
    {
        var key = span.Key;
        var start = DateTimeOffset.FromUnixTimeMilliseconds(key.Start);
        window.Revision++;
        var entry = events.Tell(new LedgerEntry
        {
            Id = key.EntryId(window.Revision),
            Account = key.Account,
            Contract = key.Contract,
            Metric = key.Metric,
            MetricVersion = key.Version,
            WindowStart = start,
            WindowEnd = DateTimeOffset.FromUnixTimeMilliseconds(span.End),
            Quantity = missing.Quantity,
            Total = (window.Written + window.Adjusted).Quantity,
            Count = missing.Count,
            First = start,
            Last = start,
            Revision = window.Revision,
            Kind = kind,
            Sources = [],
            Digest = missing.Digest.ToBytes(),
            Trace = Trace.None,
            BookedIn = bookedIn is { } period ? DateTimeOffset.FromUnixTimeMilliseconds(period) : null,
            Cause = cause,
            TopologyVersion = Program,
        });
        context.Forward(new Record<string, LedgerEntry>(entry.Account, entry, Math.Max(context.StreamTime ?? 0, key.Start), entry.Trace.ToHeaders()));
    }
}

/// <summary>A window's name with what its metric says of it.</summary>
/// <param name="Key">The name.</param>
/// <param name="Aggregation">How events become a number.</param>
/// <param name="Length">Length in milliseconds.</param>
/// <param name="Grace">How long after its end it waits, in milliseconds.</param>
/// <param name="Lateness">How far an event may lie back from its arrival to be counted, in milliseconds; negative: however far.</param>
internal readonly record struct WindowSpan(WindowKey Key, Aggregation Aggregation, long Length, long Grace, long Lateness)
{
    /// <summary>First instant after, Unix milliseconds.</summary>
    public long End => Key.Start + Length;

    /// <summary>When end and grace have passed, Unix milliseconds.</summary>
    public long ClosesAt => End + Grace;

    public static WindowSpan Of(in WindowKey key, MetricRule rule) => new(key, rule.Aggregation, rule.Window, rule.GraceMillis, rule.LatenessMillis);
}
