using Confluent.Kafka;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>A transaction or the group is lost, or its outcome unknown: abort, drop tasks and clients, begin anew.</summary>
internal sealed class TransactionFailure(string message, Exception? innerException = null) : StreamsException(message, innerException)
{
    /// <summary>What a failed client call means for the application.</summary>
    public static StreamsException Of(string step, KafkaException e) => ErrorTable.AnswerTo(e.Error.Code) == ErrorAnswer.Fatal
        ? new StreamsException(
            $"Kafka refuses to {step}: {e.Error.Reason} ({e.Error.Code}). Trying again can't help: correct the permission, the limit or the record.", e)
        : new TransactionFailure($"Could not {step}: {e.Error.Reason} ({e.Error.Code}).", e);

    /// <summary>
    /// What it means that a position lies outside the log, which is from <paramref name="low"/> to <paramref name="high"/>. When the group's
    /// committed offset lies inside, others have read on and deleted what was read: the partition was lost unnoticed. Otherwise data is lost.
    /// </summary>
    public static StreamsException OutsideLog(string step, KafkaException e, long? committed, long low, long high) => committed is null || (committed >= low && committed <= high)
        ? new TransactionFailure($"Could not {step}: the log now begins at {low}, and the group has committed {committed?.ToString() ?? "nothing"}: others have read on.", e)
        : Of(step, e);
}
