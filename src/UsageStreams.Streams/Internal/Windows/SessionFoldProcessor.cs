using UsageStreams.Streams.Internal.Tables;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Internal.Windows;

/// <summary>Keeps one aggregate per key and session.</summary>
internal sealed class SessionFoldProcessor<TKey, TValue, TAggregate>(
    StoreBuilder<Windowed<TKey>, TAggregate> store,
    SessionWindows windows,
    Fold<TKey, TValue, TAggregate> fold,
    Combiner<TAggregate> merger,
    EmitStrategy emit,
    SideOutput<Windowed<TKey>, TValue> late) : IProcessor<TKey, TValue, Windowed<TKey>, Change<TAggregate>>
    where TKey : notnull
{
    private readonly Dictionary<TKey, List<TimeWindow>> _sessions = [];
    private readonly List<TimeWindow> _joined = [];
    private readonly long _gap = (long)windows.Gap.TotalMilliseconds;
    private ProcessorContext<Windowed<TKey>, Change<TAggregate>> _context = null!;
    private TableWriter<Windowed<TKey>, TAggregate> _table = null!;
    private WindowClosing<TKey, TAggregate> _closing = null!;

    public void Init(ProcessorContext<Windowed<TKey>, Change<TAggregate>> context)
    {
        _context = context;
        _table = new TableWriter<Windowed<TKey>, TAggregate>(context, context.GetStore(store), emit);
        _closing = new WindowClosing<TKey, TAggregate>(context, _table, emit, windows.Grace, Forget);
        foreach ((Windowed<TKey> key, _) in _table.Store.All)
            Remember(key);
    }

    public void Process(in Record<TKey, TValue> record)
    {
        long closed = _closing.ClosedUpTo;
        var window = new TimeWindow(record.Timestamp, record.Timestamp + _gap);
        FindJoined(record.Key, window, closed);
        if (_joined.Count > 0)
            Join(window, in record);
        else if (window.End <= closed)
            _context.Forward(late, record.WithKey(new Windowed<TKey>(record.Key, window)));
        else
            Put(new Windowed<TKey>(record.Key, window), fold(exists: false, default, in record), in record);
    }

    /// <summary>The open sessions that the record's window touches, the earliest first.</summary>
    private void FindJoined(TKey key, TimeWindow window, long closed)
    {
        _joined.Clear();
        if (!_sessions.TryGetValue(key, out List<TimeWindow>? sessions))
            return;
        foreach (TimeWindow session in sessions)
        {
            if (session.End > closed && session.Start < window.End && window.Start < session.End)
                _joined.Add(session);
        }

        if (_joined.Count > 1)
            _joined.Sort(static (left, right) => left.Start.CompareTo(right.Start));
    }

    private void Join(TimeWindow window, in Record<TKey, TValue> record)
    {
        var whole = new TimeWindow(Math.Min(window.Start, _joined[0].Start), Math.Max(window.End, _joined[^1].End));
        TAggregate all = Value(record.Key, _joined[0]);
        for (int i = 1; i < _joined.Count; i++)
            all = merger(all, Value(record.Key, _joined[i]));
        TAggregate? next = fold(exists: true, all, in record);
        var key = new Windowed<TKey>(record.Key, whole);
        if (_joined[0] == whole)
        {
            _table.Set(key, existed: true, all, next, record.Timestamp, record.Headers);
            if (next is null)
                Forget(key);
            return;
        }

        foreach (TimeWindow part in _joined)
        {
            var old = new Windowed<TKey>(record.Key, part);
            _table.Remove(old, record.Timestamp, record.Headers);
            Forget(old);
        }

        Put(key, next, in record);
    }

    private void Put(in Windowed<TKey> key, TAggregate? value, in Record<TKey, TValue> record)
    {
        _table.Set(key, existed: false, default, value, record.Timestamp, record.Headers);
        if (value is null)
            return;
        Remember(key);
        _closing.Add(key);
    }

    private TAggregate Value(TKey key, TimeWindow session) => _table.Store.Get(new Windowed<TKey>(key, session))!;

    private void Remember(Windowed<TKey> key)
    {
        if (!_sessions.TryGetValue(key.Key, out List<TimeWindow>? sessions))
            _sessions.Add(key.Key, sessions = []);
        sessions.Add(key.Window);
    }

    private void Forget(Windowed<TKey> key)
    {
        if (!_sessions.TryGetValue(key.Key, out List<TimeWindow>? sessions))
            return;
        sessions.Remove(key.Window);
        if (sessions.Count == 0)
            _sessions.Remove(key.Key);
    }
}
