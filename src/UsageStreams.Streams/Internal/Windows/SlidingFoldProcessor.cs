using UsageStreams.Streams.Internal.Tables;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Internal.Windows;

/// <summary>
/// Keeps one aggregate per key and event time, its window one millisecond long, and merges those of a span when its result is to be sent.
/// </summary>
internal sealed class SlidingFoldProcessor<TKey, TValue, TAggregate>(
    StoreBuilder<Windowed<TKey>, TAggregate> store,
    SlidingWindows windows,
    Fold<TKey, TValue, TAggregate> fold,
    Combiner<TAggregate> merger,
    EmitStrategy emit,
    SideOutput<Windowed<TKey>, TValue> late) : IProcessor<TKey, TValue, Windowed<TKey>, Change<TAggregate>>
    where TKey : notnull
{
    private readonly long _size = (long)windows.Size.TotalMilliseconds;
    private readonly long _grace = (long)windows.Grace.TotalMilliseconds;
    private readonly Dictionary<TKey, List<long>> _times = [];
    private readonly ExpiryQueue<Windowed<TKey>> _open = new();
    private readonly ExpiryQueue<Windowed<TKey>> _kept = new();

    // With the headers of the record that changed it last.
    private readonly Dictionary<Windowed<TKey>, RecordHeaders> _changed = [];
    private ProcessorContext<Windowed<TKey>, Change<TAggregate>> _context = null!;
    private KeyValueStore<Windowed<TKey>, TAggregate> _moments = null!;

    private long ClosedUpTo => _context.StreamTime is { } now ? now - _grace : long.MinValue;

    public void Init(ProcessorContext<Windowed<TKey>, Change<TAggregate>> context)
    {
        _context = context;
        _moments = context.GetStore(store);
        foreach ((Windowed<TKey> moment, _) in _moments.All)
        {
            // What was closed at the last commit was sent before it.
            if (moment.Window.End > ClosedUpTo)
                _open.Add(moment.Window.End + _grace, moment);
            Keep(moment);
        }

        if (emit == EmitStrategy.OnCommit)
            context.BeforeCommit = SendChanged;
        context.Schedule(TimeSpan.FromMilliseconds(1), PunctuationType.StreamTime, Close);
    }

    public void Process(in Record<TKey, TValue> record)
    {
        var moment = new Windowed<TKey>(record.Key, new TimeWindow(record.Timestamp, record.Timestamp + 1));
        if (moment.Window.End <= ClosedUpTo)
        {
            _context.Forward(late, record.WithKey(WindowOf(in moment)));
            return;
        }

        bool exists = _moments.TryGet(moment, out TAggregate? old);
        TAggregate? next = fold(exists, old, in record);
        if (next is null)
            throw new InvalidOperationException($"The aggregator gave null for key '{record.Key}' at {record.Timestamp}; an aggregate of sliding windows is not null.");
        _moments.Put(moment, next);
        if (!exists)
        {
            _open.Add(moment.Window.End + _grace, moment);
            Keep(in moment);
        }

        if (emit != EmitStrategy.OnWindowClose)
            Changed(in moment, record.Headers);
    }

    /// <summary>Every window that begins before the moment and ends with it or after it.</summary>
    private void Changed(in Windowed<TKey> moment, RecordHeaders headers)
    {
        List<long> times = _times[moment.Key];
        for (int i = times.BinarySearch(moment.Window.Start); i < times.Count && times[i] < moment.Window.Start + _size; i++)
        {
            var window = new Windowed<TKey>(moment.Key, new TimeWindow(times[i], times[i] + 1));
            if (emit == EmitStrategy.OnUpdate)
                Send(in window, headers);
            else
                _changed[window] = headers;
        }
    }

    private void SendChanged()
    {
        foreach ((Windowed<TKey> moment, RecordHeaders headers) in _changed)
            Send(in moment, headers);
        _changed.Clear();
    }

    private void Close(long now)
    {
        while (_open.TryTake(now, out List<Windowed<TKey>>? closed))
        {
            foreach (Windowed<TKey> moment in closed)
            {
                if (emit == EmitStrategy.OnWindowClose)
                    Send(in moment, RecordHeaders.Empty);
                else if (_changed.Remove(moment, out RecordHeaders? headers))
                    Send(in moment, headers);
            }
        }

        // Only now, because what ends here was part of the windows above.
        while (_kept.TryTake(now, out List<Windowed<TKey>>? ended))
        {
            foreach (Windowed<TKey> moment in ended)
                Forget(in moment);
        }
    }

    private void Send(in Windowed<TKey> moment, RecordHeaders headers)
    {
        List<long> times = _times[moment.Key];
        int i = times.BinarySearch(moment.Window.Start - _size + 1);
        i = i < 0 ? ~i : i;
        TAggregate all = At(moment.Key, times[i]);
        for (i++; i < times.Count && times[i] <= moment.Window.Start; i++)
            all = merger(all, At(moment.Key, times[i]));
        bool final = emit == EmitStrategy.OnWindowClose;
        _context.Forward(new Record<Windowed<TKey>, Change<TAggregate>>(
            WindowOf(in moment), new Change<TAggregate>(HadOld: !final, default, HasNew: true, all) { IsOldUnknown = !final }, moment.Window.Start, headers));
    }

    private TAggregate At(TKey key, long time) => _moments.Get(new Windowed<TKey>(key, new TimeWindow(time, time + 1)))!;

    private Windowed<TKey> WindowOf(in Windowed<TKey> moment) =>
        moment with { Window = new TimeWindow(moment.Window.End - _size, moment.Window.End) };

    private void Keep(in Windowed<TKey> moment)
    {
        if (!_times.TryGetValue(moment.Key, out List<long>? times))
            _times.Add(moment.Key, times = []);
        times.Insert(~times.BinarySearch(moment.Window.Start), moment.Window.Start);
        _kept.Add(moment.Window.Start + _size + _grace, moment);
    }

    private void Forget(in Windowed<TKey> moment)
    {
        _moments.Delete(moment);
        List<long> times = _times[moment.Key];
        times.RemoveAt(times.BinarySearch(moment.Window.Start));
        if (times.Count == 0)
            _times.Remove(moment.Key);
    }
}
