using System.Diagnostics;
using Microsoft.Extensions.Logging;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine.Standby;

/// <summary>The instance that takes over, in this process; it remembers when the group last gave it a partition.</summary>
internal sealed class Survivor : ILogger<KafkaStreams>, IAsyncDisposable
{
    private readonly string _input;
    private long _assignedAt;

    public Survivor(StreamsOptions options, string input, string output, FollowedLag lag)
    {
        _input = input;
        Streams = new KafkaStreams(StandbyTopology.Build(input, output, lag), options, this);
    }

    public KafkaStreams Streams { get; }

    /// <summary>When the group last gave it a partition.</summary>
    public long AssignedAt => Volatile.Read(ref _assignedAt);

    /// <summary>Partitions whose tasks process.</summary>
    public IReadOnlyList<int> Running => [.. Streams.Metrics.Tasks.Where(static task => task.IsRunning).Select(static task => task.Id.Partition)];

    public async Task UntilAsync(Func<bool> reached)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!reached())
        {
            await timer.WaitForNextTickAsync();
            if (Streams.Completion.IsFaulted) await Streams.Completion;
        }
    }

    public ValueTask DisposeAsync() => Streams.DisposeAsync();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name == "Assigned" && formatter(state, exception).Contains(_input, StringComparison.Ordinal)) Volatile.Write(ref _assignedAt, Stopwatch.GetTimestamp());
        else if (logLevel > LogLevel.Warning) EngineSetting.Say(formatter(state, exception));
    }
}
