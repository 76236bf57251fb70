using Microsoft.Extensions.Logging;
using UsageStreams.Streams.Faults;

namespace UsageStreams.Streams.Internal.Faults;

/// <summary>What is logged of faults that do not stop the application.</summary>
internal static partial class FaultLog
{
    [LoggerMessage(
        40,
        LogLevel.Warning,
        "Left out {Record}, as decided: {Kind} fault at node '{Node}': {Cause} Correct the node or the producer; the record stays in its topic as long as "
        + "that keeps it.")]
    public static partial void LeftOut(this ILogger logger, string record, FaultKind kind, string node, string cause, Exception exception);

    [LoggerMessage(
        41,
        LogLevel.Warning,
        "Sent {Record} to dead-letter topic '{Topic}': {Kind} fault at node '{Node}': {Cause} ({Unlogged} more of this node since the last such message.) "
        + "Correct the cause, and send the letters to their topic again: headers '__streams.errors.*' name it.")]
    public static partial void DeadLettered(
        this ILogger logger, string record, string topic, FaultKind kind, string node, string cause, long unlogged, Exception exception);

    [LoggerMessage(
        42,
        LogLevel.Warning,
        "Node '{Node}' failed at {Record} after the record had changed a store or sent output. The transaction is aborted, and read again without it. "
        + "That costs a restart of the thread's tasks: let the node check a record before it changes or sends anything. {Cause}")]
    public static partial void RollingBack(this ILogger logger, string node, string record, string cause, Exception exception);

    [LoggerMessage(
        43,
        LogLevel.Warning,
        "A punctuation of node '{Node}' in task {Task} failed and was left out, as decided: {Cause} It is called again when it is due; correct the node.")]
    public static partial void PunctuationLeftOut(this ILogger logger, string node, TaskId task, string cause, Exception exception);
}
