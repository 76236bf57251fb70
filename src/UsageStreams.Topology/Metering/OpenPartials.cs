using System.Runtime.CompilerServices;
using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering.Decoding;
using UsageStreams.Topology.Metering.State;

namespace UsageStreams.Topology.Metering;

/// <summary>
/// What the task counted since the last commit, by window and tenant. A partial is forwarded when it begins and grows in place until the commit sends it,
/// so that counting an event makes nothing.
/// </summary>
internal sealed class OpenPartials(ProcessorContext<PartialKey, Partial> context, LiveReferences references)
{
    private const int MostPlaces = 1 << 17;
    private const long HourMillis = 3_600_000;

    private readonly Dictionary<Place, OpenWindow> _windows = [];
    private readonly Dictionary<PartialKey, Partial> _held = [];
    private Partial? _newest;
    private int _commit;

    /// <summary>Counts an event in a window of each metric version that counts it.</summary>
    /// <param name="rules">The metric versions.</param>
    /// <param name="counted">The event, and what it belongs to.</param>
    public void Add(ReadOnlySpan<MetricRule> rules, in CountedEvent counted)
    {
        ref readonly var usage = ref counted.Incoming.Usage;
        var place = new Place(counted.Span, HourOf(usage.Time));
        _windows.TryGetValue(place, out var first);
        var position = new EventPosition(counted.At.Topic, counted.At.Partition, counted.At.Offset);
        foreach (var rule in rules)
        {
            var window = first;
            while (window is not null && !ReferenceEquals(window.Rule, rule)) window = window.Next;
            if (window is null) first = window = Open(place, rule, counted, first);
            PartialOf(window, counted).Add(counted.SampleOf(rule), position, counted.Headers);
        }
    }

    /// <summary>Sends the whole contribution of a recount in the place of what was sent before; events that come now are added to it.</summary>
    public void Replace(in PartialKey key, Partial instead, long timestamp)
    {
        Forget();
        // What combines partials goes on with the one that overrides.
        _held[key] = _newest = instead;
        context.Forward(new Record<PartialKey, Partial>(key, instead, timestamp, RecordHeaders.Empty));
    }

    /// <summary>Takes an event out of the windows that counted it, after all that was sent before.</summary>
    /// <param name="rules">The metric versions that counted it.</param>
    /// <param name="taken">The event, and what it belongs to.</param>
    /// <param name="cause">What made it necessary.</param>
    /// <param name="now">When it is done, Unix milliseconds: what locks are held against.</param>
    public void TakeOut(ReadOnlySpan<MetricRule> rules, in CountedEvent taken, Cause cause, long now)
    {
        var (span, from) = (taken.Span, new Contributor(taken.Incoming.Usage.Tenant, taken.At.Partition));
        var position = new EventPosition(taken.At.Topic, taken.At.Partition, taken.At.Offset);
        foreach (var rule in rules)
        {
            var window = new WindowKey(span.Account!, span.Contract!, rule.Code, rule.Version, rule.WindowStart(taken.Incoming.Usage.Time));
            Hold(new PartialKey(window, from, BookedIn(span, window.Start, now)), rule, taken).TakeOut(taken.SampleOf(rule), position, taken.Headers, cause);
        }
    }

    /// <summary>Looks windows up anew: accounts, contracts, metrics or partials have changed.</summary>
    public void Reopen() => _windows.Clear();

    /// <summary>The billing period that a window's usage is booked in beside its own, Unix milliseconds; null before the lock.</summary>
    public long? BookedIn(TimelineSpan span, long start, long arrival) => references.Contract(span.Contract!)
        .BookedIn(DateTimeOffset.FromUnixTimeMilliseconds(start), DateTimeOffset.FromUnixTimeMilliseconds(arrival))?.ToUnixTimeMilliseconds();

    private Partial PartialOf(OpenWindow window, in CountedEvent counted)
    {
        if (counted.At.Arrival >= window.LocksAt)
            return Hold(window.Key with { BookedIn = BookedIn(counted.Span, window.Key.Window.Start, counted.At.Arrival) }, window.Rule, counted);
        if (window.Partial is { IsSent: false } open && window.Commit == _commit) return open;
        window.Partial = Hold(window.Key, window.Rule, counted);
        window.Commit = _commit;
        return window.Partial;
    }

    private OpenWindow Open(Place place, MetricRule rule, in CountedEvent counted, OpenWindow? next)
    {
        if (_windows.Count >= MostPlaces) _windows.Clear();
        var (span, start) = (counted.Span, rule.WindowStart(counted.Incoming.Usage.Time));
        var locks = references.Contract(span.Contract!).LockOf(DateTimeOffset.FromUnixTimeMilliseconds(start));
        var key = new PartialKey(new WindowKey(span.Account!, span.Contract!, rule.Code, rule.Version, start), new Contributor(counted.Incoming.Usage.Tenant, counted.At.Partition), BookedIn: null);
        return _windows[place] = new OpenWindow(rule, key, locks.ToUnixTimeMilliseconds(), next);
    }

    private Partial Hold(in PartialKey key, MetricRule rule, in CountedEvent counted)
    {
        Forget();
        if (_held.TryGetValue(key, out var held)) return held;
        var partial = Partial.More(rule.Aggregation, counted.Span.ContractVersion, counted.Mapping);
        _held.Add(key, _newest = partial);
        context.Forward(new Record<PartialKey, Partial>(key, partial, counted.Incoming.Usage.Time, counted.Headers));
        return partial;
    }

    // Rounded down, before 1970 too.
    private static long HourOf(long time) => (time >= 0 ? time : time - HourMillis + 1) / HourMillis;

    // A commit sends all at once. An instead may be somebody else's still.
    private void Forget()
    {
        if (_newest is not { IsSent: true }) return;
        foreach (var (_, sent) in _held)
        {
            if (!sent.IsInstead) PartialPool.Return(sent);
        }

        _held.Clear();
        _newest = null;
        _commit++;
    }

    /// <summary>
    /// Names the windows of a tenant that an hour lies in without looking at text: a span belongs to one timeline of one tenant, and a window has whole hours.
    /// </summary>
    private readonly record struct Place(TimelineSpan Span, long Hour)
    {
        public bool Equals(Place other) => Hour == other.Hour && ReferenceEquals(Span, other.Span);

        public override int GetHashCode() => RuntimeHelpers.GetHashCode(Span) ^ ((int)Hour * 16_777_619);
    }

    /// <summary>A window of a metric version, and those of others for the same hour.</summary>
    private sealed class OpenWindow(MetricRule rule, PartialKey key, long locksAt, OpenWindow? next)
    {
        public MetricRule Rule => rule;

        public PartialKey Key => key;

        public long LocksAt => locksAt;

        public OpenWindow? Next => next;

        /// <summary>The one that grows, if it was held since the last commit.</summary>
        public Partial? Partial { get; set; }

        /// <summary>Since which commit.</summary>
        public int Commit { get; set; }
    }
}

/// <summary>An event that is counted. Refers to it where it is: it is too large to be copied for each metric.</summary>
/// <param name="incoming">The event.</param>
/// <param name="span">What it belongs to.</param>
/// <param name="tenantVersion">Version of the tenant's mapping.</param>
/// <param name="at">Where it stands.</param>
/// <param name="headers">Its headers.</param>
internal readonly ref struct CountedEvent(ref readonly IncomingEvent incoming, TimelineSpan span, int tenantVersion, ref readonly RecordMetadata at, RecordHeaders headers)
{
    /// <summary>The event.</summary>
    public readonly ref readonly IncomingEvent Incoming = ref incoming;

    /// <summary>Where it stands.</summary>
    public readonly ref readonly RecordMetadata At = ref at;

    /// <summary>What it belongs to.</summary>
    public TimelineSpan Span => span;

    /// <summary>Its headers.</summary>
    public RecordHeaders Headers => headers;

    /// <summary>The mapping version that led there.</summary>
    public string Mapping => $"{Incoming.Usage.Tenant}@{tenantVersion}";

    /// <summary>What a metric takes of it.</summary>
    public Sample SampleOf(MetricRule rule)
    {
        ref readonly var usage = ref Incoming.Usage;
        rule.TryNumber(usage, out var number);
        rule.TryMember(usage, out var member);
        return new Sample(number, member, usage.Time, Incoming.Identity);
    }
}
