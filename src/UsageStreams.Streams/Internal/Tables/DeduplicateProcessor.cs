namespace UsageStreams.Streams.Internal.Tables;

/// <summary>
/// Remembers the event time of each id. An id is kept for two windows: a record that is not late lies less than one behind stream time, and what it
/// may repeat less than one behind itself. So the answer does not depend on when the store is cleared.
/// </summary>
internal sealed class DeduplicateProcessor<TKey, TValue, TId>(
    StoreBuilder<TId, long> store,
    RecordSelector<TKey, TValue, TId> id,
    long window,
    SideOutput<TKey, TValue> late,
    SideOutput<TKey, TValue> duplicates) : IProcessor<TKey, TValue, TKey, TValue>, IPrefetchingProcessor<TKey, TValue>
    where TId : notnull
{
    // Ids that end within one step are forgotten together.
    private readonly long _step = Math.Max(1, window / 64);
    private readonly ExpiryQueue<TId> _expiry = new();
    private ProcessorContext<TKey, TValue> _context = null!;
    private KeyValueStore<TId, long> _seen = null!;

    public void Init(ProcessorContext<TKey, TValue> context)
    {
        _context = context;
        _seen = context.GetStore(store);
        foreach ((TId seen, long time) in _seen.All)
            Expire(seen, time);
        context.Schedule(TimeSpan.FromMilliseconds(_step), PunctuationType.StreamTime, Forget);
    }

    public void Prefetch(in Record<TKey, TValue> record)
    {
        _seen.Prefetch(id(in record));
        _context.Prefetch(in record);
    }

    public void Process(in Record<TKey, TValue> record)
    {
        if (_context.StreamTime is { } now && record.Timestamp + window <= now)
        {
            _context.Forward(late, in record);
            return;
        }

        TId key = id(in record);
        if (_seen.TryGet(key, out long time) && Math.Abs(record.Timestamp - time) < window)
        {
            _context.ForwardIfConnected(duplicates, in record);
            return;
        }

        _seen.Put(key, record.Timestamp);
        Expire(key, record.Timestamp);
        _context.Forward(in record);
    }

    private void Expire(TId key, long time) => _expiry.Add(((time + (2 * window)) / _step + 1) * _step, key);

    private void Forget(long now)
    {
        while (_expiry.TryTake(now, out List<TId>? ended))
        {
            foreach (TId key in ended)
            {
                // It may have been seen again since.
                if (_seen.TryGet(key, out long time) && time + (2 * window) <= now)
                    _seen.Delete(key);
            }
        }
    }
}
