using System.Globalization;

namespace UsageStreams.Model;

/// <summary>The events that an entry was made of.</summary>
/// <param name="Added">The events that it adds.</param>
/// <param name="Removed">The events that it takes away.</param>
/// <param name="IsExact">Whether count and digest are the entry's: then they are its events and no others.</param>
internal sealed record FoundEvents(IReadOnlyList<CountedEvent> Added, IReadOnlyList<CountedEvent> Removed, bool IsExact);

/// <summary>
/// Finds the set of events that an entry was made of. What was known when it was written may not be known now (a mapping that changed since, a withdrawal
/// that came later, an end of the metric), so several sets come into question, the likeliest first; the digest tells which it was, and no other set has it.
/// </summary>
internal sealed class EntrySearch(
    ReferenceHistory references, MetricRule rule, LedgerEntry entry, IReadOnlyList<CountedEvent> candidates, WindowBook book, WindowTally carried, HashSet<EventDigest> withdrawn)
{
    // A list of mappings is cut at 16: then a tenant that is not in it may belong too.
    private const int MappingLimit = 16;

    private readonly IReadOnlyDictionary<EventDigest, CountedEvent> _held = book.EventsOf(entry.Kind);
    private readonly Dictionary<string, List<int>> _versions = Versions(entry.Mappings);

    // What count and digest of its events must come to.
    private readonly long _count = entry.Count - carried.Count;
    private readonly EventDigest _digest = new(unchecked(EventDigest.FromBytes(entry.Digest).Value - carried.Digest.Value));

    public FoundEvents Find(List<string> notes)
    {
        if (entry.Sources.Count == 0) return Exact([], []) ?? new FoundEvents([], [], IsExact: false);
        if (entry.Kind == EntryKind.Reversal) return FindReversed(notes);
        var ranged = candidates.Where(one => entry.Sources.Any(one.StandsIn)).ToList();
        var likeliest = new List<(List<CountedEvent> Events, string? Note)>();
        foreach (var (holding, ended) in Terms(ranged))
        {
            foreach (var (belongs, why) in Memberships())
            {
                foreach (var (set, note) in Variants([.. holding.Where(belongs)]))
                {
                    if (likeliest.Count == 0 || likeliest[^1].Note != ended) likeliest.Add((set, ended));
                    if ((Exact(set, []) ?? Exchanged(set)) is not { } found) continue;
                    notes.AddRange(new[] { ended, why, note }.OfType<string>());
                    return found;
                }
            }
        }

        foreach (var (set, ended) in likeliest)
        {
            if (Repaired(set, notes) is not { } found) continue;
            if (ended is not null) notes.Add(ended);
            return found;
        }

        return new FoundEvents(likeliest[^1].Events, [], IsExact: false);
    }

    // A version that was ended since had counted what came until then.
    private IEnumerable<(List<CountedEvent> Events, string? Note)> Terms(List<CountedEvent> ranged)
    {
        var holding = ranged.Where(one => rule.Covers(one.Time)).ToList();
        yield return (holding, null);
        if (holding.Count < ranged.Count) yield return (ranged, FormattableString.Invariant($"{rule.Code}@{rule.Version} ends at {rule.Metric.To:O} by now; it was judged as it was before."));
    }

    // Each with what has to be said when it turns out to be it.
    private IEnumerable<(Func<CountedEvent, bool> Belongs, string? Note)> Memberships()
    {
        yield return (one => VersionsOf(one).Any(version => Resolves(one, version)), null);
        yield return (one => Resolves(one, null), "The mapping versions that the entry names are judged by what ref.tenants says now.");
        yield return (
            one => references.EverOf(one.Usage.Tenant, one.Time).Contains((entry.Account, entry.Contract)),
            "Its tenants belong to another account or contract now; they were judged by earlier versions of the reference data.");
        yield return (
            one => _versions.TryGetValue(one.Usage.Tenant, out var versions) && versions.Exists(version => !references.Knows(one.Usage.Tenant, version)),
            $"Versions of tenants that the entry names ({string.Join(", ", entry.Mappings)}) are not in ref.tenants any more; their account is taken from the entry, and the digest shows that its events are theirs.");
    }

    private IEnumerable<(List<CountedEvent> Events, string? Note)> Variants(List<CountedEvent> all)
    {
        var notHeld = all.Where(one => !_held.ContainsKey(one.Identity)).ToList();
        yield return (notHeld, null);
        var standing = notHeld.Where(one => !withdrawn.Contains(one.Identity)).ToList();
        if (standing.Count < notHeld.Count) yield return (standing, FormattableString.Invariant($"{notHeld.Count - standing.Count} events in its ranges had been taken back before they were counted."));
        if (notHeld.Count == all.Count) yield break;
        yield return (all, "It holds events again that were reversed before.");
        yield return (all.Where(one => !withdrawn.Contains(one.Identity)).ToList(), "It holds events again that were reversed before, without those that were taken back.");
    }

    // All that a tenant had; of whom, the mappings tell.
    private FoundEvents FindReversed(List<string> notes)
    {
        var named = _held.Values.Where(one => _versions.Count == 0 || _versions.ContainsKey(one.Usage.Tenant)).ToList();
        foreach (var set in ByTenant(_held.Values).Prepend(named))
        {
            if (Exact([], set) is { } found) return found;
        }

        notes.Add("What it reverses was looked for among the events that the entries before it hold.");
        return new FoundEvents([], named, IsExact: false);
    }

    // The tenant's events as they are now for those that it had.
    private FoundEvents? Exchanged(List<CountedEvent> now)
    {
        if (entry.Cause is null) return null;
        var identities = now.Select(static one => one.Identity).ToHashSet();
        var added = now.Where(one => !_held.ContainsKey(one.Identity)).ToList();
        foreach (var had in ByTenant(_held.Values))
        {
            if (Exact(added, [.. had.Where(one => !identities.Contains(one.Identity))]) is { } found) return found;
        }

        return null;
    }

    private static IEnumerable<List<CountedEvent>> ByTenant(IEnumerable<CountedEvent> events) =>
        events.GroupBy(static one => one.Usage.Tenant, StringComparer.Ordinal).Select(static tenant => tenant.ToList());

    // A repetition or a withdrawn event whose other half stands outside the ranges: leaving out one or two must give the digest, which only the right ones do.
    private FoundEvents? Repaired(List<CountedEvent> events, List<string> notes)
    {
        var surplus = events.Count - _count;
        if (surplus is < 1 or > 2) return null;
        var rest = new EventDigest(unchecked(EntryProof.DigestOf(events).Value - _digest.Value));
        var byIdentity = events.ToDictionary(static one => one.Identity);
        foreach (var one in events)
        {
            var other = new EventDigest(unchecked(rest.Value - one.Identity.Value));
            CountedEvent? second = null;
            if (surplus == 1 ? other != EventDigest.None : !byIdentity.TryGetValue(other, out second) || ReferenceEquals(second, one)) continue;
            notes.Add($"The digest shows that {one.Record.Position}{(second is null ? "" : " and " + second.Record.Position)} in its ranges did not count: repetitions or withdrawn events, whose other records stand elsewhere.");
            return new FoundEvents([.. events.Where(any => !ReferenceEquals(any, one) && !ReferenceEquals(any, second))], [], IsExact: true);
        }

        return null;
    }

    private bool Resolves(CountedEvent one, int? version)
    {
        var span = references.SpanOf(one.Usage.Tenant, one.Time, version);
        return span.IsResolved && string.Equals(span.Account, entry.Account, StringComparison.Ordinal) && string.Equals(span.Contract, entry.Contract, StringComparison.Ordinal);
    }

    private IEnumerable<int?> VersionsOf(CountedEvent one) =>
        _versions.TryGetValue(one.Usage.Tenant, out var named) ? named.Select(static version => (int?)version)
        : _versions.Count == 0 || entry.Mappings.Count >= MappingLimit ? [null]
        : [];

    private FoundEvents? Exact(List<CountedEvent> added, List<CountedEvent> removed) =>
        added.Count - removed.Count == _count && EntryProof.DigestOf(added) == EntryProof.DigestOf(removed) + _digest ? new FoundEvents(added, removed, IsExact: true) : null;

    private static Dictionary<string, List<int>> Versions(IReadOnlyList<string> mappings)
    {
        var versions = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        foreach (var mapping in mappings)
        {
            var at = mapping.LastIndexOf('@');
            if (at <= 0 || !int.TryParse(mapping.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version)) continue;
            if (!versions.TryGetValue(mapping[..at], out var known)) versions.Add(mapping[..at], known = []);
            known.Add(version);
        }

        return versions;
    }
}
