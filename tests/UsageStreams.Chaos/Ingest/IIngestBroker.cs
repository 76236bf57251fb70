using UsageStreams.Host.Kafka;

namespace UsageStreams.Chaos.Ingest;

/// <summary>The Kafka of a run against the gateway, and what it can be made to do to the gateway's requests.</summary>
internal interface IIngestBroker : IAsyncDisposable
{
    /// <summary>How to reach it, and the registry beside it.</summary>
    KafkaAccess Access { get; }

    /// <summary>The kinds of faults that it can be made to have, in the words of <see cref="Storm"/>.</summary>
    IReadOnlyList<string> Faults { get; }

    /// <summary>What it counts of them itself.</summary>
    IReadOnlyList<(string Name, decimal Value)> Counts { get; }

    /// <summary>Has it fail requests in a way, for a while.</summary>
    Task FailAsync(string mode, TimeSpan duration, CancellationToken cancellation);

    /// <summary>Has it stand still for a while (SIGSTOP): connections stay open, and nobody answers.</summary>
    Task HoldAsync(TimeSpan duration, CancellationToken cancellation);

    /// <summary>Kills it (SIGKILL) and starts it again after a while; returns once it serves.</summary>
    Task CrashAsync(TimeSpan away, CancellationToken cancellation);
}
