namespace UsageStreams.Benchmarks.Engine.Standby;

/// <summary>Sends the keys one after the other, in no order that memory knows, so many a second, until it is disposed.</summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    private const int TicksPerSecond = 100;

    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;

    public SteadyLoad(EngineLoad load, int keys, int perSecond) => _loop = Task.Run(() => SendAsync(load, keys, perSecond));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    private async Task SendAsync(EngineLoad load, int keys, int perSecond)
    {
        using var publisher = new Publisher(load.Connection, StandbyTopology.Partitions);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / TicksPerSecond));
        for (uint number = 0; !_stopping.IsCancellationRequested;)
        {
            await timer.WaitForNextTickAsync();
            for (var i = 0; i < perSecond / TicksPerSecond; i++, number++) publisher.Send(load.Events, (long)(number * 2654435761u % (uint)keys), (long)number);
        }
    }
}
