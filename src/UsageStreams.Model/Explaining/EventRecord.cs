namespace UsageStreams.Model;

/// <summary>A record of the events' topic, as it is read again to explain what became of it.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="Arrival">The record's timestamp on Kafka, Unix milliseconds.</param>
/// <param name="Key">The record's key as text; null when it has none.</param>
/// <param name="Usage">The event; null when the bytes are none.</param>
public sealed record EventRecord(string Topic, int Partition, long Offset, long Arrival, string? Key, UsageEvent? Usage)
{
    /// <summary>Why the bytes are no event; null when they are one.</summary>
    public string? Undecodable { get; init; }

    /// <summary>What ties the record to the request that caused it.</summary>
    public Trace Trace { get; init; } = Trace.None;

    /// <summary>The event's identity; <see cref="EventDigest.None"/> when the bytes are none.</summary>
    public EventDigest Identity { get; } = Usage is null ? EventDigest.None : EventDigest.Of(Usage.Tenant, Usage.Source, Usage.Id);

    /// <summary>Where it stands, as <c>topic:partition:offset</c>.</summary>
    public string Position => FormattableString.Invariant($"{Topic}:{Partition}:{Offset}");

    /// <summary>What makes the record one that can never be counted as it is; null when it can.</summary>
    public EventFault? Fault()
    {
        if (Usage is null) return new EventFault("undecodable", Undecodable ?? "The bytes are no event.");
        if (UsageEventRules.Check(Usage) is { } fault) return fault;
        if (!string.Equals(Key, Usage.Tenant, StringComparison.Ordinal))
            return new EventFault("key-mismatch", $"The record's key is '{Key}' and its tenant '{Usage.Tenant}'; the key must be the tenant, since it chooses the partition.");
        return UsageEventRules.CheckTime(Usage, Arrival);
    }

    /// <summary>Whether the event says the same as another of its identity, in all its fields.</summary>
    public bool SaysTheSame(EventRecord other) =>
        Usage is { } mine && other.Usage is { } theirs
        && mine with { Properties = NoProperties } == theirs with { Properties = NoProperties }
        && mine.Properties.Count == theirs.Properties.Count
        && mine.Properties.All(property => theirs.Properties.TryGetValue(property.Key, out var value) && string.Equals(property.Value, value, StringComparison.Ordinal));

    private static readonly Dictionary<string, string> NoProperties = [];
}
