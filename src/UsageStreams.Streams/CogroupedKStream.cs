using UsageStreams.Streams.Internal.Cogroup;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams;

/// <summary>A record's value of one of several streams that are aggregated together.</summary>
/// <param name="Part">Which stream: 0 for that on which <c>Cogroup</c> was called, then in the order of the calls.</param>
/// <param name="Value">The value, of that stream's type.</param>
public readonly record struct CogroupedValue(int Part, object Value);

/// <summary>Several grouped streams with keys of one type, which make one aggregate of each key. Immutable: each <c>Cogroup</c> gives a new one.</summary>
/// <remarks>
/// A task reads one partition. Streams of different sub-topologies are therefore written to one repartition topic first, named <c>&lt;name of the aggregate&gt;-cogrouped</c>;
/// their topics may have different numbers of partitions. Streams of one sub-topology are aggregated where they are.
/// </remarks>
public sealed class CogroupedKStream<TKey, TAggregate>
    where TKey : notnull
{
    private readonly CogroupPart<TKey, TAggregate>[] _parts;

    internal CogroupedKStream(CogroupPart<TKey, TAggregate>[] parts)
    {
        _parts = parts;
        ValueSerde = new CogroupedSerde<TKey, TAggregate>(parts);
    }

    /// <summary>Writes the values of all streams: for the repartition topic, and for late records that go to a topic.</summary>
    public ISerde<CogroupedValue> ValueSerde { get; }

    /// <summary>Adds another stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="aggregator">Adds a record of it to the aggregate.</param>
    /// <param name="valueSerde">Serde of its values.</param>
    public CogroupedKStream<TKey, TAggregate> Cogroup<TValue>(
        KGroupedStream<TKey, TValue> stream, Aggregator<TKey, TValue, TAggregate> aggregator, ISerde<TValue> valueSerde)
        where TValue : notnull => new([.. _parts, new CogroupPart<TKey, TValue, TAggregate>(_parts.Length, stream, aggregator, valueSerde)]);

    /// <summary>Keeps an aggregate of each key.</summary>
    /// <param name="initializer">Gives the aggregate of no record.</param>
    /// <param name="materialized">Store name, serdes, and when changes are sent.</param>
    public KTable<TKey, TAggregate> Aggregate(Initializer<TAggregate> initializer, Materialized<TKey, TAggregate> materialized) =>
        Together(materialized).Aggregate(initializer, Add, materialized);

    /// <summary>Aggregates by key and window of time: tumbling, hopping, calendar.</summary>
    public TimeWindowedCogroupedKStream<TKey, TAggregate> WindowedBy(TimeWindows windows) => new(this, windows);

    /// <summary>Aggregates by key and session: records of any of the streams that follow each other within a gap.</summary>
    public MergingWindowedCogroupedKStream<TKey, TAggregate> WindowedBy(SessionWindows windows) => new(this, grouped => grouped.WindowedBy(windows));

    /// <summary>Aggregates, for each record, what happened in any of the streams in the span of time that ends with it.</summary>
    public MergingWindowedCogroupedKStream<TKey, TAggregate> WindowedBy(SlidingWindows windows) => new(this, grouped => grouped.WindowedBy(windows));

    internal TAggregate? Add(TAggregate aggregate, in Record<TKey, CogroupedValue> record) => _parts[record.Value.Part].Add(aggregate, in record);

    internal KGroupedStream<TKey, CogroupedValue> Together(Materialized<TKey, TAggregate> materialized)
    {
        KStream<TKey, CogroupedValue> all = _parts.Select(p => p.Stream($"{materialized.Name}-{p.Index}")).Aggregate(static (left, right) => left.Merge(right));
        return new KGroupedStream<TKey, CogroupedValue>(
            all.IsRekeyed || all.SubTopologies.Skip(1).Any() ? all.Repartition(Repartitioned.With($"{materialized.Name}-cogrouped", materialized.KeySerde, ValueSerde)) : all);
    }
}
