namespace UsageStreams.Streams.Internal.Tasks;

internal sealed class FilterNode<TKey, TValue>(string name, StreamTask task, RecordPredicate<TKey, TValue> predicate, Downstream<TKey, TValue> downstream) : Receiver<TKey, TValue>
{
    public override bool Prefetches => downstream.Prefetches;

    public override void Prefetch(in Record<TKey, TValue> record) => downstream.Prefetch(in record);

    public override void Process(in Record<TKey, TValue> record)
    {
        bool passes;
        try
        {
            passes = predicate(in record);
        }
        catch (Exception e) when (e is not StreamsException)
        {
            throw task.Failure(name, e);
        }

        if (passes)
            downstream.Forward(in record);
    }
}

internal sealed class MapNode<TKey, TValue, TKeyOut, TValueOut>(
    string name, StreamTask task, RecordMapper<TKey, TValue, TKeyOut, TValueOut> mapper, Downstream<TKeyOut, TValueOut> downstream) : Receiver<TKey, TValue>
{
    public override void Process(in Record<TKey, TValue> record)
    {
        Record<TKeyOut, TValueOut> mapped;
        try
        {
            mapped = mapper(in record);
        }
        catch (Exception e) when (e is not StreamsException)
        {
            throw task.Failure(name, e);
        }

        if (mapped.InheritsHeaders)
            mapped = mapped.WithHeaders(record.Headers);
        downstream.Forward(in mapped);
    }
}

internal sealed class SelectKeyNode<TKey, TValue, TKeyOut>(
    string name, StreamTask task, RecordSelector<TKey, TValue, TKeyOut> selector, Downstream<TKeyOut, TValue> downstream) : Receiver<TKey, TValue>
{
    public override bool Prefetches => downstream.Prefetches;

    public override void Prefetch(in Record<TKey, TValue> record) => downstream.Prefetch(record.WithKey(selector(in record)));

    public override void Process(in Record<TKey, TValue> record)
    {
        TKeyOut key;
        try
        {
            key = selector(in record);
        }
        catch (Exception e) when (e is not StreamsException)
        {
            throw task.Failure(name, e);
        }

        downstream.Forward(record.WithKey(key));
    }
}

internal sealed class MapValuesNode<TKey, TValue, TValueOut>(
    string name, StreamTask task, ValueMapper<TKey, TValue, TValueOut> mapper, Downstream<TKey, TValueOut> downstream) : Receiver<TKey, TValue>
{
    public override void Process(in Record<TKey, TValue> record)
    {
        TValueOut value;
        try
        {
            value = mapper(in record);
        }
        catch (Exception e) when (e is not StreamsException)
        {
            throw task.Failure(name, e);
        }

        downstream.Forward(record.WithValue(value));
    }
}

internal sealed class FlatMapNode<TKey, TValue, TKeyOut, TValueOut>(
    string name, StreamTask task, FlatMapper<TKey, TValue, TKeyOut, TValueOut> mapper, Downstream<TKeyOut, TValueOut> downstream) : Receiver<TKey, TValue>
{
    private readonly Emitter<TKeyOut, TValueOut> _emitter = new(downstream);

    public override void Process(in Record<TKey, TValue> record)
    {
        _emitter.Begin(record.Timestamp, record.Headers);
        try
        {
            mapper(in record, _emitter);
        }
        catch (Exception e) when (e is not StreamsException)
        {
            throw task.Failure(name, e);
        }
    }
}
