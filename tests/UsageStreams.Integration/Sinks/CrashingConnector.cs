using UsageStreams.Sinks;

namespace UsageStreams.Integration.Sinks;

/// <summary>Delivers so many batches; after the next one has reached the remote system, everything ends before anybody hears of it.</summary>
internal sealed class CrashingConnector<TDocument>(IConnector<TDocument> connector, int batches) : IConnector<TDocument>
{
    private int _batches;

    public string System => connector.System;

    public int MaxBatch => connector.MaxBatch;

    public int MaxConcurrency => 1;

    public Task SignInAsync(CancellationToken cancellationToken) => connector.SignInAsync(cancellationToken);

    public async Task<IReadOnlyList<Outcome>> SendAsync(IReadOnlyList<Delivery<TDocument>> batch, CallCount calls, CancellationToken cancellationToken)
    {
        var outcomes = await connector.SendAsync(batch, calls, cancellationToken);
        return _batches++ < batches ? outcomes : throw new CrashException();
    }

    public void Dispose() => connector.Dispose();
}

/// <summary>Stands for the end of the process.</summary>
internal sealed class CrashException() : Exception("The process ends here.");
