using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>What a task counted for one window between two commits; it grows in place.</summary>
internal sealed class Partial
{
    public decimal Quantity { get; private set; }

    /// <summary>Distinct users; null unless the metric counts them.</summary>
    public HashSet<string>? Users { get; private init; }

    public long Count { get; private set; }

    public long First { get; private set; }

    public long Last { get; private set; }

    public EventDigest Digest { get; private set; }

    public required SourceRange Source { get; set; }

    public required Trace Trace { get; init; }

    /// <summary>One event. A user who is not known counts as the user "".</summary>
    public static Partial Of(in ResolvedEvent resolved, Aggregation aggregation, RecordHeaders headers, RecordMetadata at)
    {
        var time = resolved.Usage.Time.ToUnixTimeMilliseconds();
        return new Partial
        {
            Quantity = aggregation switch { Aggregation.Count => 1, Aggregation.Sum => resolved.Usage.Quantity ?? 0, _ => 0 },
            Users = aggregation == Aggregation.Unique ? new HashSet<string>(StringComparer.Ordinal) { resolved.Usage.User ?? string.Empty } : null,
            Count = 1,
            First = time,
            Last = time,
            Digest = resolved.Identity,
            Source = new SourceRange { Topic = at.Topic, Partition = at.Partition, FirstOffset = at.Offset, LastOffset = at.Offset, Count = 1 },
            Trace = Traces.Of(headers),
        };
    }

    /// <summary>As it was sent.</summary>
    public static Partial From(UsagePartial sent) => new()
    {
        Quantity = sent.Quantity,
        Users = sent.Users is null ? null : new HashSet<string>(sent.Users, StringComparer.Ordinal),
        Count = sent.Count,
        First = sent.First.ToUnixTimeMilliseconds(),
        Last = sent.Last.ToUnixTimeMilliseconds(),
        Digest = EventDigest.FromBytes(sent.Digest),
        Source = sent.Source,
        Trace = sent.Trace,
    };

    /// <summary>This one, with what came later in the same partition.</summary>
    public Partial Add(Partial next)
    {
        Quantity += next.Quantity;
        if (next.Users is not null) Users?.UnionWith(next.Users);
        Count += next.Count;
        First = Math.Min(First, next.First);
        Last = Math.Max(Last, next.Last);
        Digest += next.Digest;
        Source = Source with { LastOffset = next.Source.LastOffset, Count = Source.Count + next.Source.Count };
        return this;
    }

    /// <summary>As it is sent.</summary>
    public UsagePartial ToSend() => new()
    {
        Quantity = Quantity,
        Users = Users is null ? null : [.. Users],
        Count = Count,
        First = DateTimeOffset.FromUnixTimeMilliseconds(First),
        Last = DateTimeOffset.FromUnixTimeMilliseconds(Last),
        Digest = Digest.ToBytes(),
        Source = Source,
        Trace = Trace,
    };
}
