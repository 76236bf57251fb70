namespace UsageStreams.Streams;

/// <summary>What a thread is doing.</summary>
public enum StreamThreadState
{
    /// <summary>It joins the group, or restores tasks.</summary>
    Rebalancing,

    /// <summary>All of its tasks process.</summary>
    Running,

    /// <summary>It failed and begins anew.</summary>
    Recovering,
}

/// <summary>A thread and its tasks.</summary>
/// <param name="Number">Number of the thread.</param>
/// <param name="ClientId">Name of its clients, by which the brokers know it.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Tasks">Its tasks, with their positions.</param>
public sealed record ThreadMetadata(int Number, string ClientId, StreamThreadState State, IReadOnlyList<TaskMetrics> Tasks);
