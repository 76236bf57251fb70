namespace UsageStreams.Streams.Internal.State;

/// <summary>Where tasks keep their committed state beside themselves.</summary>
internal interface IStateFolders
{
    /// <summary>Bytes at which a segment is full.</summary>
    int SegmentBytes { get; }

    /// <summary>The folder of a task, for it alone until it is disposed; null while somebody else in this process has it.</summary>
    SegmentFolder? TryOpen(TaskId task);
}
