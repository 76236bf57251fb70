using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering.Settling;

/// <summary>
/// Adds up what the meters counted, and writes the ledger: one final entry when the stream time of all meters has passed a window's end and grace, and
/// at once whatever comes or is corrected after.
/// </summary>
internal sealed class Settle(SettlingStores stores, ReferenceTables references, TimeSpan retention) : IProcessor<PartialKey, Partial, string, LedgerEntry>
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly PriorityQueue<WindowKey, (long ClosesAt, string Account)> _open = new();
    private KeyValueStore<WindowKey, Window> _windows = null!;
    private KeyValueStore<WindowKey, long> _closings = null!;
    private TableView<string, Contract> _contracts = null!;
    private MetricRules _rules = null!;
    private WindowBooks _books = null!;
    private WindowExpiry _expiry = null!;
    private RunningTotals _running = null!;
    private Settlement _settlement = null!;
    private ProcessorContext<string, LedgerEntry> _context = null!;
    private long _closedUntil;

    public void Init(ProcessorContext<string, LedgerEntry> context)
    {
        _context = context;
        _windows = context.GetStore(stores.Windows);
        _closings = context.GetStore(stores.Closings);
        _contracts = context.GetTable(references.Contracts);
        _rules = new MetricRules(context.GetTable(references.Metrics));
        _books = new WindowBooks(context.GetStore(stores.Tenants), new MemberBooks(context.GetStore(stores.Members)));
        _expiry = new WindowExpiry(context.GetStore(stores.Expiry), retention);
        _running = new RunningTotals(context.GetStore(stores.Running));
        _settlement = new Settlement(_books, new LedgerWriter(context));
        _closedUntil = context.StreamTime ?? long.MinValue;
        foreach (var (key, closesAt) in _closings.All) _open.Enqueue(key, (closesAt, key.Account));
        context.Schedule(CheckInterval, PunctuationType.StreamTime, Pass);
    }

    public void Process(in Record<PartialKey, Partial> record)
    {
        var key = record.Key;
        var contract = ContractOf(key.Window);
        var span = SpanOf(key.Window);
        var window = Open(span, contract);
        var before = window.Actual.Tally(span.Aggregation, span.Length);
        _settlement.Take(span, window, key, record.Value);
        var after = window.Actual.Tally(span.Aggregation, span.Length);
        _running.Move(key.Window, window, contract, after - before, record.Value.Contribution.Lineage.Last);
        PartialPool.Return(record.Value);
    }

    private Window Open(in WindowSpan span, Contract contract)
    {
        if (!_windows.TryGet(span.Key, out var window))
        {
            window = new Window { IsClosed = span.ClosesAt <= _closedUntil };
            _expiry.Add(span, window, contract.LockOf(DateTimeOffset.FromUnixTimeMilliseconds(span.Key.Start)));
            if (!window.IsClosed)
            {
                _closings.Put(span.Key, span.ClosesAt);
                _open.Enqueue(span.Key, (span.ClosesAt, span.Key.Account));
            }
        }

        // Changed in place from here on; it is kept as it is at the commit.
        _windows.Put(span.Key, window);
        return window;
    }

    private void Pass(long streamTime)
    {
        while (_open.TryPeek(out var key, out var due) && due.ClosesAt <= streamTime)
        {
            _open.Dequeue();
            _closings.Delete(key);
            var window = _windows.Get(key)!;
            _windows.Put(key, window);
            _settlement.Close(SpanOf(key), window);
        }

        _closedUntil = Math.Max(_closedUntil, streamTime);
        // A producer's mark may name a time that is far ahead; what arrives is not.
        _expiry.ForgetUntil(Math.Min(streamTime, _context.WallClock), Forget);
    }

    private WindowKey? Forget(WindowKey key)
    {
        var window = _windows.Get(key)!;
        _books.Forget(key, window);
        _windows.Delete(key);
        return window.Next;
    }

    private WindowSpan SpanOf(in WindowKey key) => WindowSpan.Of(key, _rules.Find(key.Metric, key.Version));

    private Contract ContractOf(in WindowKey key) => _contracts.TryGet(key.Contract, out var contract)
        ? contract
        : throw new ModelException($"Contract {key.Contract} is not in the contracts topic, though usage was resolved to it; publish it again.");
}
