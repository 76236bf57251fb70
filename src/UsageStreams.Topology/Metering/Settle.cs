using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>
/// Adds up what the meters counted, and writes the ledger: one final entry when the stream time of all meters has passed a window's end and grace,
/// a late entry at once for whatever comes after.
/// </summary>
internal sealed class Settle(StoreBuilder<WindowKey, Window> windows, StoreBuilder<string, RunningTotal> running, ReferenceTables references)
    : IProcessor<PartialKey, Partial, string, LedgerEntry>
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly PriorityQueue<WindowKey, (long ClosesAt, string Account)> _open = new();
    private ProcessorContext<string, LedgerEntry> _context = null!;
    private KeyValueStore<WindowKey, Window> _windows = null!;
    private RunningTotals _running = null!;
    private MetricRules _rules = null!;
    private long _closedUntil;

    public void Init(ProcessorContext<string, LedgerEntry> context)
    {
        _context = context;
        _windows = context.GetStore(windows);
        _running = new RunningTotals(context.GetStore(running), context.GetTable(references.Contracts));
        _rules = new MetricRules(context.GetTable(references.Metrics));
        _closedUntil = context.StreamTime ?? long.MinValue;
        foreach (var (key, window) in _windows.All)
        {
            if (window.IsOpen) Watch(key);
        }

        context.Schedule(CheckInterval, PunctuationType.StreamTime, CloseUntil);
    }

    public void Process(in Record<PartialKey, Partial> record)
    {
        var (key, partial) = (record.Key.Window, record.Value.Contribution);
        if (!_windows.TryGet(key, out var window))
        {
            window = new Window();
            if (ClosesAt(key) > _closedUntil) Watch(key);
        }

        _running.Add(key, window.Add(partial), partial);
        if (ClosesAt(key) <= _closedUntil) Emit(window.WriteLate(key, LengthOf(key), partial), _closedUntil);
        _windows.Put(key, window);
    }

    private void CloseUntil(long streamTime)
    {
        while (_open.TryPeek(out var key, out var due) && due.ClosesAt <= streamTime)
        {
            _open.Dequeue();
            var window = _windows.Get(key)!;
            Emit(window.Close(key, LengthOf(key)), streamTime);
            _windows.Put(key, window);
        }

        _closedUntil = Math.Max(_closedUntil, streamTime);
    }

    private void Emit(LedgerEntry entry, long streamTime) =>
        _context.Forward(new Record<string, LedgerEntry>(entry.Account, entry, streamTime, entry.Trace.ToHeaders()));

    private void Watch(in WindowKey key) => _open.Enqueue(key, (ClosesAt(key), key.Account));

    private long LengthOf(in WindowKey key) => _rules.Find(key.Metric, key.Version).Window;

    private long ClosesAt(in WindowKey key)
    {
        var rule = _rules.Find(key.Metric, key.Version);
        return key.Start + rule.Window + rule.GraceMillis;
    }
}
