using UsageStreams.Streams.Internal.Cogroup;

namespace UsageStreams.Streams;

/// <summary>Aggregates several streams together.</summary>
public static class KGroupedStreamCogrouping
{
    /// <summary>Begins an aggregate that records of several streams are added to, each stream's in its own way.</summary>
    /// <param name="stream">The first stream; add others by <see cref="CogroupedKStream{TKey, TAggregate}.Cogroup"/>.</param>
    /// <param name="aggregator">Adds a record of it to the aggregate.</param>
    /// <param name="valueSerde">Serde of its values.</param>
    public static CogroupedKStream<TKey, TAggregate> Cogroup<TKey, TValue, TAggregate>(
        this KGroupedStream<TKey, TValue> stream, Aggregator<TKey, TValue, TAggregate> aggregator, ISerde<TValue> valueSerde)
        where TKey : notnull
        where TValue : notnull => new([new CogroupPart<TKey, TValue, TAggregate>(0, stream, aggregator, valueSerde)]);
}
