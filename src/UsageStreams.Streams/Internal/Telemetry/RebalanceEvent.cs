namespace UsageStreams.Streams.Internal.Telemetry;

/// <summary>What happened to partitions of a thread.</summary>
internal enum RebalanceEvent
{
    /// <summary>The group gave some to the thread.</summary>
    Assigned,

    /// <summary>The thread gave some back.</summary>
    Revoked,

    /// <summary>The group no longer counts the thread as a member.</summary>
    Lost,
}
