using UsageStreams.Embedded.Registry.Log;

namespace UsageStreams.Embedded.Registry.State;

/// <summary>Holds the state as of the last record read and lets writers wait for their own records. One reader applies; any thread asks.</summary>
internal sealed class SchemaStore(TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private volatile RegistryState _current = RegistryState.Empty;
    private TaskCompletionSource _changed = NewSignal();
    private Exception? _failure;
    private long _nextOffset;

    /// <summary>The state as of now.</summary>
    public RegistryState Current => _current;

    /// <summary>Applies a record and moves past its offset.</summary>
    /// <returns>Why the record was left out, or null.</returns>
    public string? Apply(LogRecord record, long offset)
    {
        _current = _current.Apply(record, out string? refusal);
        AdvanceTo(offset + 1);
        return refusal;
    }

    /// <summary>Notes that everything before this offset has been read.</summary>
    public void AdvanceTo(long nextOffset)
    {
        TaskCompletionSource signal;
        lock (_lock)
        {
            if (nextOffset <= _nextOffset)
                return;
            _nextOffset = nextOffset;
            (signal, _changed) = (_changed, NewSignal());
        }

        signal.SetResult();
    }

    /// <summary>Notes that nothing more will be read; whoever waits gets this error.</summary>
    public void Fail(Exception failure)
    {
        TaskCompletionSource signal;
        lock (_lock)
        {
            _failure ??= failure;
            (signal, _changed) = (_changed, NewSignal());
        }

        signal.SetResult();
    }

    /// <summary>Waits until everything before an offset has been read.</summary>
    /// <exception cref="TimeoutException">That took longer than <paramref name="timeout"/>.</exception>
    /// <exception cref="IOException">Reading has ended with an error, which is inside.</exception>
    public async Task WaitUntilReadAsync(long nextOffset, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        while (!HasRead(nextOffset, out Task changed))
        {
            try
            {
                await changed.WaitAsync(either.Token);
            }
            catch (OperationCanceledException stopped) when (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"The registry's log was not read up to offset {nextOffset} within {timeout.TotalSeconds} s.", stopped);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool HasRead(long nextOffset, out Task changed)
    {
        lock (_lock)
        {
            changed = _changed.Task;
            if (_nextOffset >= nextOffset)
                return true;
            return _failure is null ? false : throw new IOException($"The registry no longer reads its log: {_failure.Message}", _failure);
        }
    }
}
