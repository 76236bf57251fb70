namespace UsageStreams.Streams.Queries;

/// <summary>Where a key lives.</summary>
/// <param name="Task">The task that has it; its partition is the key's.</param>
/// <param name="ApplicationServer">
/// The <see cref="StreamsOptions.ApplicationServer"/> of the instance that has the task; null when nobody is known to: the task is on its way.
/// </param>
/// <param name="IsLocal">Whether that is this instance: ask it by <see cref="KafkaStreams.Store{TKey, TValue}"/>.</param>
/// <param name="Since">When the instance said so; null when the answer is this instance's own knowledge, or nobody's.</param>
public sealed record KeyQueryMetadata(TaskId Task, string? ApplicationServer, bool IsLocal, DateTimeOffset? Since)
{
    /// <summary>The key's partition in the input of its sub-topology, which is that of the store's changelog too.</summary>
    public int Partition => Task.Partition;
}

/// <summary>An instance and the tasks that it said it runs.</summary>
/// <param name="ApplicationServer">Its <see cref="StreamsOptions.ApplicationServer"/>.</param>
/// <param name="Tasks">In the order of sub-topologies and partitions; never none.</param>
public sealed record InstanceMetadata(string ApplicationServer, IReadOnlyList<TaskId> Tasks);
