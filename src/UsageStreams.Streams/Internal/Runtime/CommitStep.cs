namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>The steps of a commit, in their order.</summary>
internal enum CommitStep
{
    /// <summary>Punctuation, combined records, changelogs and watermarks are produced.</summary>
    Produce,

    /// <summary>Everything produced is acknowledged.</summary>
    Flush,

    /// <summary>The input offsets join the transaction.</summary>
    SendOffsets,

    /// <summary>The transaction is committed.</summary>
    Commit,

    /// <summary>The tasks learn that they are committed.</summary>
    Acknowledge,
}
