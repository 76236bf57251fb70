namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>What the engine does about an error of the Kafka client. Which error gets which answer is <see cref="ErrorTable"/>'s to say.</summary>
internal enum ErrorAnswer
{
    /// <summary>Nothing: the code tells of something that is no failure.</summary>
    None,

    /// <summary>
    /// It passes. Reading goes on, because the client tries again by itself; a call is repeated as long as its time lasts, and is
    /// <see cref="AbortAndRetry"/> after that.
    /// </summary>
    Retry,

    /// <summary>The thread waits until the client has room again.</summary>
    Backpressure,

    /// <summary>What is under way is lost or its outcome unknown: the transaction is aborted, tasks and clients are dropped and made anew.</summary>
    AbortAndRetry,

    /// <summary>The group counts on this member no longer: as <see cref="AbortAndRetry"/>, and the new clients join again.</summary>
    Rejoin,

    /// <summary>It comes back however often one tries: the thread fails with the error.</summary>
    Fatal,
}
