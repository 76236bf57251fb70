namespace UsageStreams.Model;

/// <summary>What events, or the entries of a window, come to.</summary>
internal readonly record struct WindowTally(decimal Quantity, long Count, EventDigest Digest)
{
    public static WindowTally Of(Aggregation aggregation, IReadOnlyCollection<CountedEvent> events, long start, long end) =>
        new(WindowQuantity.Of(aggregation, events, start, end), events.Count, EntryProof.DigestOf(events));

    public static WindowTally operator +(WindowTally left, WindowTally right) =>
        new(left.Quantity + right.Quantity, left.Count + right.Count, left.Digest + right.Digest);

    public static WindowTally operator -(WindowTally left, WindowTally right) =>
        new(left.Quantity - right.Quantity, left.Count - right.Count, new EventDigest(unchecked(left.Digest.Value - right.Digest.Value)));
}

/// <summary>
/// The events of a window as the entries up to one tell them: those that are booked, which came or were corrected before the lock, and those that it actually
/// has. Adjustments bring the first to the second.
/// </summary>
internal sealed class WindowBook
{
    private readonly Dictionary<EventDigest, CountedEvent> _booked = [];
    private readonly Dictionary<EventDigest, CountedEvent> _actual = [];
    private WindowTally _adjusted;

    /// <summary>The events that an entry of a kind changes.</summary>
    public IReadOnlyDictionary<EventDigest, CountedEvent> EventsOf(EntryKind kind) => kind == EntryKind.Adjustment ? _actual : _booked;

    /// <summary>What an entry of a kind must tell if it had no events: what adjustments lack since the last of them.</summary>
    public WindowTally Carried(EntryKind kind, Aggregation aggregation, long start, long end) =>
        kind == EntryKind.Adjustment ? Apart(aggregation, start, end) - _adjusted : default;

    /// <summary>Takes an entry's events in.</summary>
    /// <returns>What the entry must tell.</returns>
    public WindowTally Apply(EntryKind kind, FoundEvents found, Aggregation aggregation, long start, long end)
    {
        var before = WindowTally.Of(aggregation, _booked.Values, start, end);
        Change(_actual, found);
        if (kind == EntryKind.Adjustment)
        {
            var missing = Apart(aggregation, start, end) - _adjusted;
            _adjusted += missing;
            return missing;
        }

        Change(_booked, found);
        if (kind == EntryKind.Reversal) LeaveActual(found.Removed);
        return WindowTally.Of(aggregation, _booked.Values, start, end) - before;
    }

    private static void Change(Dictionary<EventDigest, CountedEvent> events, FoundEvents found)
    {
        foreach (var one in found.Removed) events.Remove(one.Identity);
        foreach (var one in found.Added) events[one.Identity] = one;
    }

    // A reversal takes all of a tenant away, what came after the lock too; an adjustment tells of that.
    private void LeaveActual(IReadOnlyList<CountedEvent> reversed)
    {
        var tenants = reversed.Select(static one => one.Usage.Tenant).ToHashSet(StringComparer.Ordinal);
        foreach (var one in _actual.Values.Where(one => tenants.Contains(one.Usage.Tenant)).ToList()) _actual.Remove(one.Identity);
    }

    private WindowTally Apart(Aggregation aggregation, long start, long end) =>
        WindowTally.Of(aggregation, _actual.Values, start, end) - WindowTally.Of(aggregation, _booked.Values, start, end);
}
