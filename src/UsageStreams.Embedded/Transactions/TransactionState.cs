namespace UsageStreams.Embedded.Transactions;

/// <summary>
/// Empty → Ongoing → PrepareCommit or PrepareAbort (decided, written down) → CompleteCommit or CompleteAbort (markers written) → Ongoing.
/// The numbers are on disk, the names are what DescribeTransactions answers.
/// </summary>
internal enum TransactionState : byte
{
    Empty = 0,
    Ongoing = 1,
    PrepareCommit = 2,
    PrepareAbort = 3,
    CompleteCommit = 4,
    CompleteAbort = 5,
}
