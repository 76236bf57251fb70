namespace UsageStreams.Streams.Internal.Tables;

/// <summary>
/// Holds the changes of each key back until a limit has passed since the first. It looks at the time before each record, so that what goes on depends on
/// the records and not on how many are read at once.
/// </summary>
internal sealed class SuppressProcessor<TKey, TValue>(StoreBuilder<TKey, HeldChange<TValue>> store, long limit, int maxKeys)
    : IProcessor<TKey, Change<TValue>, TKey, Change<TValue>>
    where TKey : notnull
{
    private readonly ExpiryQueue<TKey> _due = new();
    private ProcessorContext<TKey, Change<TValue>> _context = null!;
    private KeyValueStore<TKey, HeldChange<TValue>> _held = null!;

    public void Init(ProcessorContext<TKey, Change<TValue>> context)
    {
        _context = context;
        _held = context.GetStore(store);
        foreach ((TKey key, HeldChange<TValue> held) in _held.All)
            _due.Add(held.Since + limit, key);
        context.Schedule(TimeSpan.FromMilliseconds(1), PunctuationType.StreamTime, SendDue);
    }

    public void Process(in Record<TKey, Change<TValue>> record)
    {
        if (_context.StreamTime is { } now)
            SendDue(now);
        Hold(in record);
        while (_held.Count > maxKeys && _due.TryTake(long.MaxValue, out List<TKey>? earliest))
            Send(earliest, long.MaxValue);
    }

    private void Hold(in Record<TKey, Change<TValue>> record)
    {
        if (!_held.TryGet(record.Key, out HeldChange<TValue> held))
        {
            _held.Put(record.Key, new HeldChange<TValue>(record.Timestamp, record.Timestamp, record.Value));
            _due.Add(record.Timestamp + limit, record.Key);
            return;
        }

        Change<TValue> all = held.Change with { HasNew = record.Value.HasNew, New = record.Value.New };
        if (all.HadOld || all.HasNew)
            _held.Put(record.Key, new HeldChange<TValue>(held.Since, Math.Max(held.Timestamp, record.Timestamp), all));
        else
            _held.Delete(record.Key);
    }

    private void SendDue(long now)
    {
        while (_due.TryTake(now, out List<TKey>? keys))
            Send(keys, now);
    }

    private void Send(List<TKey> keys, long now)
    {
        foreach (TKey key in keys)
        {
            // It may have gone, and come again since.
            if (!_held.TryGet(key, out HeldChange<TValue> held) || (now != long.MaxValue && held.Since + limit > now))
                continue;
            _held.Delete(key);
            _context.Forward(new Record<TKey, Change<TValue>>(key, held.Change, held.Timestamp, RecordHeaders.Empty));
        }
    }
}
