namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>Makes an application's health of its state, its threads and its tasks.</summary>
internal sealed class HealthReport(StreamsState state, Exception? failure, IReadOnlyList<ThreadContext> threads, StreamsMetrics metrics)
{
    public StreamsHealth Make(long? maxLag) => new(Live(), Ready(), Lag(maxLag));

    private HealthCheck Live()
    {
        switch (state)
        {
            case StreamsState.Error:
                return new HealthCheck(false, $"The application stopped with an error: {failure?.Message}");
            case StreamsState.NotRunning:
                return new HealthCheck(false, "The application has stopped.");
        }

        string[] stalled = [.. threads.Where(static t => t.IsStalled).Select(static t =>
            $"Thread {t.Thread} is without progress for {t.SinceProgress.TotalSeconds:0} s, more than twice {nameof(StreamsOptions.MaxPollInterval)}: does a processor block?")];
        return stalled.Length == 0
            ? new HealthCheck(true, $"{threads.Count} threads get on.")
            : new HealthCheck(false, string.Join(' ', stalled));
    }

    private HealthCheck Ready()
    {
        if (state == StreamsState.Running)
            return new HealthCheck(true, $"All {metrics.Tasks.Count} tasks process{Paused()}{Followed()}.");
        if (state != StreamsState.Rebalancing)
            return new HealthCheck(false, $"The application is {state}.");
        var reasons = new List<string>();
        reasons.AddRange(threads.Where(static t => t.LastFailure is not null).Select(static t => $"Thread {t.Thread} begins anew after: {t.LastFailure}"));
        string[] restoring = [.. metrics.Tasks.Where(static t => !t.IsRunning).Select(static t => t.Id.ToString())];
        if (restoring.Length > 0)
            reasons.Add($"Tasks {string.Join(", ", restoring)} restore.");
        return new HealthCheck(false, reasons.Count > 0 ? string.Join(' ', reasons) : "The application joins its group.");
    }

    private string Paused()
    {
        int paused = metrics.Tasks.Count(static t => t.IsPaused);
        return paused == 0 ? "" : $", but for {paused} that are paused";
    }

    private string Followed()
    {
        if (metrics.Standbys.Count == 0)
            return "";
        int unknown = metrics.Standbys.Count(static s => s.Delay is null);
        TimeSpan delay = metrics.Standbys.Max(static s => s.Delay) ?? TimeSpan.Zero;
        return $"; {metrics.Standbys.Count} of other instances are followed, {delay.TotalSeconds:0.0} s behind at most"
            + (unknown == 0 ? "" : $", and of {unknown} it is not known yet");
    }

    private HealthCheck Lag(long? maxLag)
    {
        if (maxLag is not { } bound)
            return new HealthCheck(true, $"{metrics.Lag} records are unread; no bound was asked for.");
        string[] unknown = [.. metrics.Tasks.Where(static t => t.Lag is null).Select(static t => t.Id.ToString())];
        if (unknown.Length > 0)
            return new HealthCheck(false, $"How much is unread is not known yet of {string.Join(", ", unknown)}.");
        if (metrics.Lag <= bound)
            return new HealthCheck(true, $"{metrics.Lag} records are unread, at most {bound} may be.");
        TaskMetrics worst = metrics.Tasks.MaxBy(static t => t.Lag)!;
        return new HealthCheck(false, $"{metrics.Lag} records are unread, at most {bound} may be; most of {worst.Id}: {worst.Lag}{(worst.IsPaused ? ", which is paused" : "")}.");
    }
}
