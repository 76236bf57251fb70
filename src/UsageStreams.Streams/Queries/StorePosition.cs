namespace UsageStreams.Streams.Queries;

/// <summary>Up to where a store's answer reflects its task's input.</summary>
/// <param name="Task">The task that holds the store.</param>
/// <param name="Position">Offset after the last record of the input that the answer holds; null before the first record was read.</param>
/// <param name="End">Offset after the last committed record of the input that is known of; null while unknown.</param>
public readonly record struct StorePosition(TaskId Task, long? Position, long? End)
{
    /// <summary>Offsets between the answer and the end of the input; null while unknown.</summary>
    public long? Lag => Position is { } position && End is { } end ? Math.Max(0, end - position) : null;
}
