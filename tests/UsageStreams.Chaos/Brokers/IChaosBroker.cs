using UsageStreams.Host.Kafka;

namespace UsageStreams.Chaos.Brokers;

/// <summary>The Kafka of a run, and the registry beside it.</summary>
internal interface IChaosBroker : IAsyncDisposable
{
    /// <summary>What it is, for the result.</summary>
    string Name { get; }

    /// <summary>How to reach it.</summary>
    KafkaAccess Access { get; }

    /// <summary>Whether it can be killed from here; where not, why, is part of its name.</summary>
    bool CanCrash { get; }

    /// <summary>Kills the broker (SIGKILL) and starts it again; returns once it serves.</summary>
    Task CrashAsync();
}
