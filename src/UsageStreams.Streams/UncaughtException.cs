namespace UsageStreams.Streams;

/// <summary>What to do about a thread that failed for good (Kafka Streams' <c>StreamsUncaughtExceptionHandler</c>, KIP-671).</summary>
public enum UncaughtExceptionDecision
{
    /// <summary>Stop this application: its state becomes <see cref="StreamsState.Error"/>. Other instances take over its partitions.</summary>
    ShutdownClient,

    /// <summary>
    /// Make the thread anew; what it had not committed is read again. Not more often than <see cref="StreamsOptions.MaxThreadReplacements"/> in
    /// <see cref="StreamsOptions.ThreadReplacementInterval"/>: a record on which every thread dies would go round for ever.
    /// </summary>
    ReplaceThread,
}

/// <summary>A thread failed for good: user code threw, or Kafka refuses for a reason that trying again does not change.</summary>
/// <param name="Thread">Number of the thread.</param>
/// <param name="Exception">The error; a <see cref="ProcessingException"/> names node, task and record.</param>
public readonly record struct UncaughtException(int Thread, Exception Exception);
