using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>Sums in tumbling windows of a minute, and forwards a window when stream time has passed its end.</summary>
internal abstract class Windows<TWindow, TKey, TValue>(StoreBuilder<TWindow, Total> store) : IProcessor<TKey, TValue, TWindow, Total>
    where TWindow : struct
{
    private const long Length = Minutes.Length;

    private readonly Dictionary<long, List<TWindow>> _open = [];
    private readonly Stack<List<TWindow>> _free = [];
    private ProcessorContext<TWindow, Total> _context = null!;
    private KeyValueStore<TWindow, Total> _windows = null!;

    public void Init(ProcessorContext<TWindow, Total> context)
    {
        _context = context;
        _windows = context.GetStore(store);
        foreach (var (key, _) in _windows.All) Opened(key);
        context.Schedule(TimeSpan.FromMilliseconds(Length), PunctuationType.StreamTime, Close);
    }

    public abstract void Process(in Record<TKey, TValue> record);

    protected abstract long StartOf(in TWindow window);

    protected void Add(TWindow key, Total value)
    {
        if (!_windows.TryGet(key, out var total)) Opened(key);
        _windows.Put(key, new Total(total.Quantity + value.Quantity, total.Events + value.Events));
    }

    private void Opened(TWindow key)
    {
        var start = StartOf(in key);
        if (!_open.TryGetValue(start, out var keys)) _open.Add(start, keys = _free.TryPop(out var free) ? free : []);
        keys.Add(key);
    }

    private void Close(long streamTime)
    {
        foreach (var start in _open.Keys.Where(start => start + Length <= streamTime).ToList())
        {
            var keys = _open[start];
            foreach (var key in keys)
            {
                _context.Forward(new Record<TWindow, Total>(key, _windows.Get(key), start + Length));
                _windows.Delete(key);
            }

            _open.Remove(start);
            keys.Clear();
            _free.Push(keys);
        }
    }
}

/// <summary>Windows of a minute.</summary>
internal static class Minutes
{
    public const long Length = 60_000;

    public static long StartOf(long time) => time - (time % Length);
}

/// <summary>Counts and sums per tenant.</summary>
internal sealed class TenantCount(StoreBuilder<WindowKey, Total> store) : Windows<WindowKey, long, Reading>(store)
{
    public override void Process(in Record<long, Reading> record) =>
        Add(new WindowKey(record.Key, Minutes.StartOf(record.Timestamp)), new Total(record.Value.Quantity, 1));

    protected override long StartOf(in WindowKey window) => window.Start;
}

/// <summary>Sums the partial sums of an account.</summary>
internal sealed class AccountSum(StoreBuilder<WindowKey, Total> store) : Windows<WindowKey, WindowKey, Total>(store)
{
    public override void Process(in Record<WindowKey, Total> record) => Add(record.Key, record.Value);

    protected override long StartOf(in WindowKey window) => window.Start;
}

/// <summary>Forwards an event the first time that it comes within a minute.</summary>
internal sealed class Deduplicate(StoreBuilder<EventId, long> store) : IProcessor<long, Reading, long, Reading>
{
    private const long Horizon = 60_000;

    private readonly Queue<(EventId Event, long Time)> _order = [];
    private ProcessorContext<long, Reading> _context = null!;
    private KeyValueStore<EventId, long> _seen = null!;

    public void Init(ProcessorContext<long, Reading> context)
    {
        _context = context;
        _seen = context.GetStore(store);
        foreach (var (id, time) in _seen.All.OrderBy(entry => entry.Value)) _order.Enqueue((id, time));
        context.Schedule(TimeSpan.FromSeconds(1), PunctuationType.StreamTime, Expire);
    }

    public void Process(in Record<long, Reading> record)
    {
        if (!IsFirst(in record, _seen)) return;
        _order.Enqueue((IdOf(in record), record.Timestamp));
        _context.Forward(in record);
    }

    public static bool IsFirst(in Record<long, Reading> record, KeyValueStore<EventId, long> seen) => seen.TryAdd(IdOf(in record), record.Timestamp);

    private static EventId IdOf(in Record<long, Reading> record) => new(record.Key, record.Value.Id);

    private void Expire(long streamTime)
    {
        while (_order.TryPeek(out var oldest) && oldest.Time + Horizon <= streamTime) _seen.Delete(_order.Dequeue().Event);
    }
}

/// <summary>Gives a tenant's event to its account's window.</summary>
internal sealed class Resolve(GlobalKTable<long, long> table) : IProcessor<long, Reading, WindowKey, Total>
{
    private ProcessorContext<WindowKey, Total> _context = null!;
    private TableView<long, long> _accounts = null!;

    public void Init(ProcessorContext<WindowKey, Total> context)
    {
        _context = context;
        _accounts = context.GetTable(table);
    }

    public void Process(in Record<long, Reading> record)
    {
        if (!_accounts.TryGet(record.Key, out var account))
            throw new InvalidOperationException($"Tenant {record.Key} has no account.");
        _context.Forward(record.With(new WindowKey(account, Minutes.StartOf(record.Timestamp)), new Total(record.Value.Quantity, 1)));
    }
}
