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

    /// <summary>Counts an event in a window.</summary>
    /// <param name="rule">The metric version that counts it.</param>
    /// <param name="counted">The event, and what it belongs to.</param>
    public void Add(MetricRule rule, in CountedEvent counted)
    {
        var usage = counted.Incoming.Usage;
        var place = new Place(counted.Span, rule, rule.WindowStart(usage.Time));
        if (!_windows.TryGetValue(place, out var window)) window = Open(place, counted);
        var partial = counted.At.Arrival < window.LocksAt
            ? window.Partial is { IsSent: false } open ? open : window.Partial = Hold(window.Key, rule, counted)
            : Hold(window.Key with { BookedIn = BookedIn(counted.Span, place.Start, counted.At.Arrival) }, rule, counted);
        partial.Add(counted.SampleOf(rule), new EventPosition(counted.At.Topic, counted.At.Partition, counted.At.Offset), counted.Headers);
    }

    /// <summary>Sends the whole contribution of a recount in the place of what was sent before; events that come now are added to it.</summary>
    public void Replace(in PartialKey key, Partial instead, long timestamp)
    {
        Forget();
        // What combines partials goes on with the one that overrides.
        _held[key] = _newest = instead;
        context.Forward(new Record<PartialKey, Partial>(key, instead, timestamp, RecordHeaders.Empty));
    }

    /// <summary>Looks windows up anew: accounts, contracts, metrics or partials have changed.</summary>
    public void Reopen() => _windows.Clear();

    /// <summary>The billing period that a window's usage is booked in beside its own, Unix milliseconds; null before the lock.</summary>
    public long? BookedIn(TimelineSpan span, long start, long arrival) => references.Contract(span.Contract!)
        .BookedIn(DateTimeOffset.FromUnixTimeMilliseconds(start), DateTimeOffset.FromUnixTimeMilliseconds(arrival))?.ToUnixTimeMilliseconds();

    private OpenWindow Open(Place place, in CountedEvent counted)
    {
        if (_windows.Count >= MostPlaces) _windows.Clear();
        var (span, rule) = (counted.Span, place.Rule);
        var locks = references.Contract(span.Contract!).LockOf(DateTimeOffset.FromUnixTimeMilliseconds(place.Start));
        var key = new PartialKey(new WindowKey(span.Account!, span.Contract!, rule.Code, rule.Version, place.Start), new Contributor(counted.Incoming.Usage.Tenant, counted.At.Partition), BookedIn: null);
        var window = new OpenWindow(key, locks.ToUnixTimeMilliseconds());
        _windows.Add(place, window);
        return window;
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

    // A commit sends all at once.
    private void Forget()
    {
        if (_newest is { IsSent: true }) _held.Clear();
    }

    /// <summary>Names a window of a tenant without looking at text: a span belongs to one timeline of one tenant.</summary>
    private readonly record struct Place(TimelineSpan Span, MetricRule Rule, long Start)
    {
        public bool Equals(Place other) => Start == other.Start && ReferenceEquals(Span, other.Span) && ReferenceEquals(Rule, other.Rule);

        public override int GetHashCode() => HashCode.Combine(RuntimeHelpers.GetHashCode(Span), RuntimeHelpers.GetHashCode(Rule), Start / HourMillis);
    }

    private sealed class OpenWindow(PartialKey key, long locksAt)
    {
        public PartialKey Key => key;

        public long LocksAt => locksAt;

        public Partial? Partial { get; set; }
    }
}

/// <summary>An event that is counted.</summary>
/// <param name="Incoming">The event.</param>
/// <param name="Span">What it belongs to.</param>
/// <param name="TenantVersion">Version of the tenant's mapping.</param>
/// <param name="At">Where it stands.</param>
/// <param name="Headers">Its headers.</param>
internal readonly record struct CountedEvent(IncomingEvent Incoming, TimelineSpan Span, int TenantVersion, RecordMetadata At, RecordHeaders Headers)
{
    /// <summary>The mapping version that led there.</summary>
    public string Mapping => $"{Incoming.Usage.Tenant}@{TenantVersion}";

    /// <summary>What a metric takes of it.</summary>
    public Sample SampleOf(MetricRule rule)
    {
        rule.TryNumber(Incoming.Usage, out var number);
        rule.TryMember(Incoming.Usage, out var member);
        return new Sample(number, member, Incoming.Usage.Time, Incoming.Identity);
    }
}
