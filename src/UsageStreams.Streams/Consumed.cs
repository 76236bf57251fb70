using UsageStreams.Streams.Faults;

namespace UsageStreams.Streams;

/// <summary>How a topic is read.</summary>
public static class Consumed
{
    /// <summary>Reads with these serdes; event time is the arrival, and the source has no stream time.</summary>
    public static Consumed<TKey, TValue> With<TKey, TValue>(ISerde<TKey> keySerde, ISerde<TValue> valueSerde) => new(keySerde, valueSerde);
}

/// <summary>How a topic is read. Immutable: each <c>With…</c> gives a changed copy.</summary>
public sealed record Consumed<TKey, TValue>
{
    internal Consumed(ISerde<TKey> keySerde, ISerde<TValue> valueSerde)
    {
        KeySerde = keySerde;
        ValueSerde = valueSerde;
    }

    internal ISerde<TKey> KeySerde { get; }

    internal ISerde<TValue> ValueSerde { get; }

    internal string? Name { get; private init; }

    internal TimestampExtractor<TKey, TValue>? Timestamps { get; private init; }

    internal RecordCheck<TKey, TValue>? Check { get; private init; }

    internal bool TimeFromWatermarks { get; private init; }

    internal TimeSpan? Versions { get; private init; }

    internal FaultHandling? Faults { get; private init; }

    /// <summary>
    /// Names the source, and with it the sub-topology; default is the topic. Internal topics are named by it, so it should survive upgrades.
    /// </summary>
    public Consumed<TKey, TValue> WithName(string name) => this with { Name = name };

    /// <summary>
    /// Keeps former values of a table for lookups as of an event's time: those that were valid within <paramref name="historyRetention"/> of the
    /// newest event time in the table. Has a meaning for tables only.
    /// </summary>
    /// <remarks>
    /// A value is valid from its event time (<see cref="WithTimestamps"/>; without it, and for tombstones, the time of arrival) until that of the next.
    /// The table is read from its topic again at each start, so the topic must keep what is to be found: set its <c>min.compaction.lag.ms</c> to at
    /// least <paramref name="historyRetention"/>.
    /// </remarks>
    public Consumed<TKey, TValue> WithVersions(TimeSpan historyRetention) => historyRetention > TimeSpan.Zero
        ? this with { Versions = historyRetention }
        : throw new ArgumentOutOfRangeException(nameof(historyRetention), historyRetention, "Versions are kept for longer than zero.");

    /// <summary>
    /// Decides about records that fail, instead of what the topology says by <see cref="StreamsBuilder.HandleFaults"/>: for a source, in its whole
    /// sub-topology, which ends at a repartition; for a table, about records that can't be read.
    /// </summary>
    public Consumed<TKey, TValue> WithFaults(FaultHandling handling) => this with { Faults = handling };

    /// <summary>Takes event time from the record. The largest event time seen is the stream time, unless it comes from watermarks.</summary>
    /// <remarks>It is not asked for a tombstone of a table, whose changes have the stream time then: a removal says nothing of when it happened.</remarks>
    public Consumed<TKey, TValue> WithTimestamps(TimestampExtractor<TKey, TValue> extractor) => this with { Timestamps = extractor };

    /// <summary>
    /// Refuses records that can be decoded but can't be meant: they go to the undecodable stream with their bytes, and don't move the stream time.
    /// Runs before the timestamps are taken.
    /// </summary>
    public Consumed<TKey, TValue> WithCheck(RecordCheck<TKey, TValue> check) => this with { Check = check };

    /// <summary>
    /// Takes stream time only from watermark records in the topic, which another topology wrote by <see cref="Produced{TKey, TValue}.WithWatermarks"/>
    /// or a producer by itself: the minimum over their writers. Event times of records don't move it.
    /// </summary>
    public Consumed<TKey, TValue> WithStreamTimeFromWatermarks() => this with { TimeFromWatermarks = true };
}
