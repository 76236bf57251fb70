using UsageStreams.Streams;

namespace UsageStreams.Integration.Engine;

/// <summary>Holds a processor up until the test opens it.</summary>
internal sealed class Gate : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _open = new();

    public void Open() => _open.Set();

    public Task ReachedAsync() => _reached.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    public void Pass()
    {
        _reached.TrySetResult();
        if (!_open.Wait(TimeSpan.FromSeconds(60)))
            throw new TimeoutException("The test did not open the gate within 60 s.");
    }

    public void Dispose() => _open.Dispose();
}

/// <summary>Counts records by key; the record with one key passes a gate before.</summary>
internal sealed class GatedCount(StoreBuilder<string, long> store, Gate gate, string gatedKey) : IProcessor<string, string, string, long>
{
    private ProcessorContext<string, long> _context = null!;
    private KeyValueStore<string, long> _counts = null!;

    public void Init(ProcessorContext<string, long> context)
    {
        _context = context;
        _counts = context.GetStore(store);
    }

    public void Process(in Record<string, string> record)
    {
        if (record.Key == gatedKey)
            gate.Pass();
        long count = _counts.Get(record.Key) + 1;
        _counts.Put(record.Key, count);
        _context.Forward(record.WithValue(count));
    }
}
