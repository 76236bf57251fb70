namespace UsageStreams.Streams.Internal.Tables;

/// <summary>Adds a record to what there is; null removes it.</summary>
internal delegate TAggregate? Fold<TKey, TValue, TAggregate>(bool exists, TAggregate? aggregate, in Record<TKey, TValue> record);

/// <summary>Keeps one aggregate per key.</summary>
internal sealed class FoldProcessor<TKey, TValue, TAggregate>(
    StoreBuilder<TKey, TAggregate> store, Fold<TKey, TValue, TAggregate> fold, EmitStrategy emit, Predicate<TAggregate>? keeps = null) : IProcessor<TKey, TValue, TKey, Change<TAggregate>>,
    IPrefetchingProcessor<TKey, TValue>
    where TKey : notnull
{
    private TableWriter<TKey, TAggregate> _table = null!;

    public void Init(ProcessorContext<TKey, Change<TAggregate>> context) =>
        _table = new TableWriter<TKey, TAggregate>(context, context.GetStore(store), emit);

    public void Prefetch(in Record<TKey, TValue> record) => _table.Store.Prefetch(record.Key);

    public void Process(in Record<TKey, TValue> record)
    {
        bool exists = _table.TryGet(record.Key, out TAggregate? old);
        TAggregate? next = fold(exists, old, in record);
        if (keeps is not null && next is not null && !keeps(next))
            _table.Remove(record.Key, record.Timestamp, record.Headers);
        else
            _table.Set(record.Key, exists, old, next, record.Timestamp, record.Headers);
    }
}

/// <summary>Keeps the last value of each key.</summary>
internal sealed class LastProcessor<TKey, TIn, TValue>(
    StoreBuilder<TKey, TValue> store, ValueMapper<TKey, TIn, TValue?> value, RecordPredicate<TKey, TIn> hasValue, EmitStrategy emit)
    : IProcessor<TKey, TIn, TKey, Change<TValue>>, IPrefetchingProcessor<TKey, TIn>
    where TKey : notnull
{
    private TableWriter<TKey, TValue> _table = null!;

    public void Init(ProcessorContext<TKey, Change<TValue>> context) => _table = new TableWriter<TKey, TValue>(context, context.GetStore(store), emit);

    public void Prefetch(in Record<TKey, TIn> record) => _table.Store.Prefetch(record.Key);

    public void Process(in Record<TKey, TIn> record)
    {
        if (!hasValue(in record))
        {
            _table.Remove(record.Key, record.Timestamp, record.Headers);
            return;
        }

        bool exists = _table.TryGet(record.Key, out TValue? old);
        _table.Set(record.Key, exists, old, value(in record), record.Timestamp, record.Headers);
    }
}
