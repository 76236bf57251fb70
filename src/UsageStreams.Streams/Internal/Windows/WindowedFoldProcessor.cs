using UsageStreams.Streams.Internal.Tables;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Internal.Windows;

/// <summary>Keeps one aggregate per key and window.</summary>
internal sealed class WindowedFoldProcessor<TKey, TValue, TAggregate>(
    StoreBuilder<Windowed<TKey>, TAggregate> store,
    TimeWindows windows,
    Fold<TKey, TValue, TAggregate> fold,
    EmitStrategy emit,
    SideOutput<Windowed<TKey>, TValue> late) : IProcessor<TKey, TValue, Windowed<TKey>, Change<TAggregate>>, IPrefetchingProcessor<TKey, TValue>
    where TKey : notnull
{
    private ProcessorContext<Windowed<TKey>, Change<TAggregate>> _context = null!;
    private TableWriter<Windowed<TKey>, TAggregate> _table = null!;
    private WindowClosing<TKey, TAggregate> _closing = null!;

    // Most records lie in the window of the one before; a calendar's windows are dear to find.
    private TimeWindow _last;

    public void Init(ProcessorContext<Windowed<TKey>, Change<TAggregate>> context)
    {
        _context = context;
        _table = new TableWriter<Windowed<TKey>, TAggregate>(context, context.GetStore(store), emit);
        _closing = new WindowClosing<TKey, TAggregate>(context, _table, emit, windows.Grace, closed: null);
    }

    public void Prefetch(in Record<TKey, TValue> record)
    {
        TimeWindow window = Latest(record.Timestamp);
        do
            _table.Store.Prefetch(new Windowed<TKey>(record.Key, window));
        while (windows.TryEarlier(window, record.Timestamp, out window));
    }

    public void Process(in Record<TKey, TValue> record)
    {
        long closed = _closing.ClosedUpTo;
        TimeWindow window = Latest(record.Timestamp);
        do
        {
            var key = new Windowed<TKey>(record.Key, window);
            if (window.End <= closed)
                _context.Forward(late, record.WithKey(key));
            else
                Add(key, in record);
        }
        while (windows.TryEarlier(window, record.Timestamp, out window));
    }

    private void Add(in Windowed<TKey> key, in Record<TKey, TValue> record)
    {
        bool exists = _table.TryGet(key, out TAggregate? old);
        _table.Set(key, exists, old, fold(exists, old, in record), record.Timestamp, record.Headers);
        if (!exists)
            _closing.Add(key);
    }

    private TimeWindow Latest(long time)
    {
        if (windows is HoppingWindows)
            return windows.Latest(time);
        if (!_last.Contains(time))
            _last = windows.Latest(time);
        return _last;
    }
}
