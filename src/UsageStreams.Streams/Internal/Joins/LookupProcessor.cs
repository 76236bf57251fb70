using System.Diagnostics.CodeAnalysis;

namespace UsageStreams.Streams.Internal.Joins;

/// <summary>A table as a join sees it: a followed topic, present or as of a time, or a store of the task.</summary>
internal sealed class TableLookup<TKey, TValue>(TableView<TKey, TValue>? view, KeyValueStore<TKey, TValue>? store)
    where TKey : notnull
{
    /// <summary>Says that a key's present value will be looked up soon.</summary>
    public void Prefetch(TKey key)
    {
        store?.Prefetch(key);
        if (view is { IsVersioned: false })
            view.Prefetch(key);
    }

    public bool TryGet(TKey key, long time, [MaybeNullWhen(false)] out TValue value)
    {
        if (store is not null)
            return store.TryGet(key, out value);
        return view!.IsVersioned ? view.TryGet(key, time, out value) : view.TryGet(key, out value);
    }
}

/// <summary>Finds the table of a join in a task.</summary>
internal delegate TableLookup<TTableKey, TTableValue> LookupSource<TKey, TResult, TTableKey, TTableValue>(ProcessorContext<TKey, TResult> context)
    where TTableKey : notnull;

/// <summary>Joins each record of a stream with what a table holds of a key.</summary>
internal sealed class LookupProcessor<TKey, TValue, TTableKey, TTableValue, TResult>(
    LookupSource<TKey, TResult, TTableKey, TTableValue> source,
    RecordSelector<TKey, TValue, TTableKey> key,
    LeftJoiner<TKey, TValue, TTableValue, TResult> joiner,
    bool isLeft) : IProcessor<TKey, TValue, TKey, TResult>, IPrefetchingProcessor<TKey, TValue>
    where TTableKey : notnull
{
    private ProcessorContext<TKey, TResult> _context = null!;
    private TableLookup<TTableKey, TTableValue> _table = null!;

    public void Init(ProcessorContext<TKey, TResult> context)
    {
        _context = context;
        _table = source(context);
    }

    public void Prefetch(in Record<TKey, TValue> record) => _table.Prefetch(key(in record));

    public void Process(in Record<TKey, TValue> record)
    {
        if (_table.TryGet(key(in record), record.Timestamp, out TTableValue? found))
            _context.Forward(record.WithValue(joiner(record.Key, record.Value, found)));
        else if (isLeft)
            _context.Forward(record.WithValue(joiner(record.Key, record.Value, default)));
    }
}
