namespace UsageStreams.Streams;

/// <summary>How far the restore of one task's store is.</summary>
/// <param name="Task">The task.</param>
/// <param name="Store">Name of the store; of stores that are made of the input, which is read once for all of them, their names.</param>
/// <param name="Topic">The changelog, or the input; its partition is the task's.</param>
/// <param name="Stage">What happened.</param>
/// <param name="From">Offset at which reading began: what lies before was there already. 0 for the beginning, wherever that is.</param>
/// <param name="To">Offset up to which is read: the end of the changelog when the restore began, or the input's committed offset.</param>
/// <param name="Position">Offset up to which was read.</param>
/// <param name="Records">Records read so far; fewer than offsets where the changelog was compacted.</param>
public readonly record struct RestoreProgress(
    TaskId Task, string Store, string Topic, RestoreStage Stage, long From, long To, long Position, long Records);

/// <summary>What happened in a restore.</summary>
public enum RestoreStage
{
    /// <summary>It began.</summary>
    Started,

    /// <summary>Some records were read.</summary>
    Batch,

    /// <summary>The store is as it was when the changelog's end was asked for.</summary>
    Completed,

    /// <summary>The task was given up before its stores were restored.</summary>
    Suspended,
}
