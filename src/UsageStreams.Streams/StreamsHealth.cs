namespace UsageStreams.Streams;

/// <summary>One question about an application's health, and the answer.</summary>
/// <param name="IsHealthy">Whether all is well.</param>
/// <param name="Reason">Why, or why not: one or more sentences for an operator.</param>
public readonly record struct HealthCheck(bool IsHealthy, string Reason);

/// <summary>How an application is, as an orchestrator asks for it.</summary>
/// <param name="Live">
/// Whether it gets on: it has not failed, and no thread is without progress for twice <see cref="StreamsOptions.MaxPollInterval"/>. An
/// application that is not live stays so: restart the process.
/// </param>
/// <param name="Ready">Whether every task is restored and processing.</param>
/// <param name="Lag">Whether no more input is unread than was asked for. Tasks whose lag is not known yet count as lagging.</param>
public sealed record StreamsHealth(HealthCheck Live, HealthCheck Ready, HealthCheck Lag)
{
    /// <summary>Whether all three are well.</summary>
    public bool IsHealthy => Live.IsHealthy && Ready.IsHealthy && Lag.IsHealthy;
}
