using UsageStreams.Streams.Internal.Tables;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Internal.Windows;

/// <summary>Closes the windows of a table when stream time has passed their end and grace.</summary>
internal sealed class WindowClosing<TKey, TAggregate>
    where TKey : notnull
{
    private const int FetchAhead = 8;

    private readonly ExpiryQueue<(Windowed<TKey> Key, int Hint)> _expiry = new();
    private readonly ProcessorContext<Windowed<TKey>, Change<TAggregate>> _context;
    private readonly TableWriter<Windowed<TKey>, TAggregate> _table;
    private readonly Action<Windowed<TKey>>? _closed;
    private readonly bool _emits;
    private readonly long _grace;

    public WindowClosing(
        ProcessorContext<Windowed<TKey>, Change<TAggregate>> context,
        TableWriter<Windowed<TKey>, TAggregate> table,
        EmitStrategy emit,
        TimeSpan grace,
        Action<Windowed<TKey>>? closed)
    {
        _context = context;
        _table = table;
        _closed = closed;
        _emits = emit == EmitStrategy.OnWindowClose;
        _grace = (long)grace.TotalMilliseconds;
        foreach ((Windowed<TKey> key, _) in table.Store.All)
            Add(key);
        // Whenever stream time moves; when nothing has ended, that is one look at the queue.
        context.Schedule(TimeSpan.FromMilliseconds(1), PunctuationType.StreamTime, Close);
    }

    /// <summary>Windows that end at this time or before are closed, whether or not they were taken out already: that is by batch, this by record.</summary>
    public long ClosedUpTo => _context.StreamTime is { } now ? now - _grace : long.MinValue;

    /// <summary>A window whose first value was just set.</summary>
    public void Add(in Windowed<TKey> key) => _expiry.Add(key.Window.End + _grace, (key, _table.Store.Hint));

    private void Close(long now)
    {
        while (_expiry.TryTake(now, out List<(Windowed<TKey> Key, int Hint)>? ended))
        {
            for (int i = 0; i < ended.Count; i++)
            {
                if (i + FetchAhead < ended.Count)
                    _table.Store.PrefetchHint(ended[i + FetchAhead].Hint);
                (Windowed<TKey> key, int hint) = ended[i];
                _table.Store.Hint = hint;
                if (_emits && _table.TryGet(key, out TAggregate? value))
                    _table.SendFinal(key, value, key.Window.End - 1);
                // A session may have become part of another since.
                if (_table.Retire(key))
                    _closed?.Invoke(key);
            }
        }
    }
}
