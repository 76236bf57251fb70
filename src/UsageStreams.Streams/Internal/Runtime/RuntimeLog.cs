using Microsoft.Extensions.Logging;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>What the runtime logs.</summary>
internal static partial class RuntimeLog
{
    [LoggerMessage(1, LogLevel.Information, "Application {ApplicationId} starts with {Threads} threads on {Connection}.")]
    public static partial void Starting(this ILogger logger, string applicationId, int threads, KafkaConnection connection);

    [LoggerMessage(2, LogLevel.Information, "Application {ApplicationId} is {State}, was {Old}.")]
    public static partial void StateChanged(this ILogger logger, string applicationId, StreamsState state, StreamsState old);

    [LoggerMessage(3, LogLevel.Information, "Made topic {Topic} with {Partitions} partitions.")]
    public static partial void TopicCreated(this ILogger logger, string topic, int partitions);

    [LoggerMessage(10, LogLevel.Information, "Thread {Thread} was assigned {Partitions}.")]
    public static partial void Assigned(this ILogger logger, int thread, string partitions);

    [LoggerMessage(11, LogLevel.Information, "Thread {Thread} gives back {Partitions}.")]
    public static partial void Revoked(this ILogger logger, int thread, string partitions);

    [LoggerMessage(12, LogLevel.Warning, "Thread {Thread} lost {Partitions}: the group no longer counts it as a member.")]
    public static partial void Lost(this ILogger logger, int thread, string partitions);

    [LoggerMessage(13, LogLevel.Information, "Task {Task} runs from offset {Offset}, after restoring {Records} records.")]
    public static partial void TaskStarted(this ILogger logger, TaskId task, long offset, long records);

    [LoggerMessage(
        14,
        LogLevel.Warning,
        "Task {Task} has {Records} records of state and no committed offset: its input is read from the beginning and counts again. "
        + "Did the group's offsets expire (offsets.retention.minutes)? Then stop, delete the changelog '{Changelog}', and start again.")]
    public static partial void StateWithoutOffset(this ILogger logger, TaskId task, long records, string changelog);

    [LoggerMessage(16, LogLevel.Information, "Task {Task} has its state on disk; {Records} changelog offsets are still to be read.")]
    public static partial void LocalStateUsed(this ILogger logger, TaskId task, long records);

    [LoggerMessage(17, LogLevel.Warning, "Task {Task} does not use its state on disk and restores everything: {Reason}.")]
    public static partial void LocalStateDistrusted(this ILogger logger, TaskId task, string reason);

    [LoggerMessage(18, LogLevel.Warning, "Task {Task} keeps its state on disk no longer, so that its next start restores everything: {Cause}")]
    public static partial void LocalStateGivenUp(this ILogger logger, TaskId task, string cause, Exception exception);

    [LoggerMessage(19, LogLevel.Information, "Could not ask where the changelogs end, so that a restart would read more of them: {Cause}")]
    public static partial void ChangelogEndsUnknown(this ILogger logger, string cause);

    [LoggerMessage(20, LogLevel.Warning, "Thread {Thread} begins anew in {Pause}: {Cause}")]
    public static partial void Recovering(this ILogger logger, int thread, TimeSpan pause, string cause, Exception exception);

    [LoggerMessage(21, LogLevel.Error, "Thread {Thread} stopped: {Cause}")]
    public static partial void ThreadFailed(this ILogger logger, int thread, string cause, Exception exception);

    [LoggerMessage(22, LogLevel.Debug, "Thread {Thread} could not {Step} while it dropped its clients: {Cause}")]
    public static partial void CleanupFailed(this ILogger logger, int thread, string step, string cause);

    [LoggerMessage(24, LogLevel.Warning, "Thread {Thread} stopped without its last commit, so that the next start reads those records again: {Cause}")]
    public static partial void DrainFailed(this ILogger logger, int thread, string cause);

    [LoggerMessage(23, LogLevel.Warning, "Could not delete what was read of repartition topics, which grow meanwhile: {Cause}")]
    public static partial void PurgeFailed(this ILogger logger, string cause);

    [LoggerMessage(
        15,
        LogLevel.Warning,
        "Group {Group} is stable and nobody has {Partitions}: a named instance restarted in the middle of a rebalance. They are assigned anew.")]
    public static partial void UnownedPartitions(this ILogger logger, string group, string partitions);

    [LoggerMessage(25, LogLevel.Information, "Could not look whether all partitions of group {Group} belong to somebody: {Cause}")]
    public static partial void GroupWatchFailed(this ILogger logger, string group, string cause);

    [LoggerMessage(26, LogLevel.Information, "Reading at {Position} goes on after an error that passes: {Cause} ({Code})")]
    public static partial void ReadingGoesOn(this ILogger logger, string position, string cause, Confluent.Kafka.ErrorCode code);

    [LoggerMessage(27, LogLevel.Warning, "Thread {Thread} died and is replaced in {Pause}: {Cause}")]
    public static partial void ReplacingThread(this ILogger logger, int thread, TimeSpan pause, string cause);

    [LoggerMessage(28, LogLevel.Error, "Thread {Thread} is without progress for {Time}, more than twice the poll interval of {Interval}: a processor, a serde or a partitioner blocks.")]
    public static partial void ThreadStalled(this ILogger logger, int thread, TimeSpan time, TimeSpan interval);

    [LoggerMessage(29, LogLevel.Information, "Thread {Thread} gets on again.")]
    public static partial void ThreadGetsOn(this ILogger logger, int thread);

    [LoggerMessage(31, LogLevel.Error, "Application {ApplicationId} did not drain: {Cause}")]
    public static partial void StopTimedOut(this ILogger logger, string applicationId, string cause);

    [LoggerMessage(
        32,
        LogLevel.Warning,
        "Source {Source} of task {Task} asks for no more keys ahead, which costs speed and nothing else: what chooses or prefetches a key failed for the record at offset {Offset}. "
        + "It is called for records that a filter takes out, too; make it bear them.")]
    public static partial void ReadsNoLongerAhead(this ILogger logger, Exception cause, string source, TaskId task, long offset);

    [LoggerMessage(EventId = 30, Message = "Client {Client}: {Facility}: {Message}")]
    public static partial void ClientMessage(this ILogger logger, LogLevel level, string client, string facility, string message);
}
