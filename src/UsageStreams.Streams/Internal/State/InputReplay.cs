using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.State;

/// <summary>How a store without a changelog is made again of its sub-topology's input.</summary>
internal abstract class InputReplay(TimeSpan retention)
{
    /// <summary>How far back, by the records' arrival, the input is read.</summary>
    public TimeSpan Retention { get; } = retention;

    /// <summary>Types of the input's key and value.</summary>
    public abstract string Input { get; }
}

/// <summary>Takes a record of the input over.</summary>
internal abstract class InputReplay<TKeyIn, TValueIn>(TimeSpan retention) : InputReplay(retention)
{
    public override string Input => $"{typeof(TKeyIn).Name}, {typeof(TValueIn).Name}";

    public abstract void Take(in Record<TKeyIn, TValueIn> record, in RecordMetadata metadata, StateStore store);
}

internal sealed class InputReplay<TKeyIn, TValueIn, TKey, TValue>(TimeSpan retention, StoreReplay<TKeyIn, TValueIn, TKey, TValue> take)
    : InputReplay<TKeyIn, TValueIn>(retention)
    where TKey : notnull
{
    public override void Take(in Record<TKeyIn, TValueIn> record, in RecordMetadata metadata, StateStore store) =>
        take(in record, in metadata, (KeyValueStore<TKey, TValue>)store);
}

/// <summary>Feeds the input's records to the stores of a task that are made of them.</summary>
internal abstract class InputReplayer
{
    /// <summary>Takes a record that the task has processed already. What the source rejected then is rejected now, without a trace.</summary>
    public abstract void Take(in InputRecord input, in RecordMetadata metadata);
}
