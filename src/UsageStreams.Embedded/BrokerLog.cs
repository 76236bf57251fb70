using Microsoft.Extensions.Logging;

namespace UsageStreams.Embedded;

/// <summary>Every message the broker logs: 1-9 life cycle, 10-19 storage, 20-29 connections, 30-39 groups, 40-49 transactions.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(1, LogLevel.Information,
        "embedded broker: for one machine, not for production; compaction is not done yet, nor retention by time or size. Listening on {Endpoint}, data in {DataDirectory}: {Topics} topics, {Partitions} partitions")]
    public static partial void Started(ILogger logger, string endpoint, string dataDirectory, int topics, int partitions);

    [LoggerMessage(2, LogLevel.Information, "embedded broker on {Endpoint} stopped")]
    public static partial void Stopped(ILogger logger, string endpoint);

    [LoggerMessage(10, LogLevel.Critical, "{Message}")]
    public static partial void DiskFailed(ILogger logger, string message);

    [LoggerMessage(11, LogLevel.Error, "Cutting a file back to {Position} bytes after a failed write failed too; the next start cuts it")]
    public static partial void CutFailed(ILogger logger, long position, Exception cause);

    [LoggerMessage(12, LogLevel.Warning, "{Path}: {Bytes} bytes behind offset {EndOffset} are no whole record batch and were cut")]
    public static partial void TailCut(ILogger logger, string path, long bytes, long endOffset);

    [LoggerMessage(13, LogLevel.Warning, "{Path} belongs to no topic; what was left of a deleted topic is removed")]
    public static partial void OrphanRemoved(ILogger logger, string path);

    [LoggerMessage(14, LogLevel.Error, "Forcing files to the disk failed")]
    public static partial void FlushFailed(ILogger logger, Exception cause);

    [LoggerMessage(20, LogLevel.Warning, "Connection from {Peer} closed: {Reason}")]
    public static partial void ConnectionRefused(ILogger logger, string peer, string reason);

    [LoggerMessage(21, LogLevel.Error, "Connection from {Peer} closed: request {Api} version {Version} failed")]
    public static partial void RequestFailed(ILogger logger, string peer, int api, int version, Exception cause);

    [LoggerMessage(22, LogLevel.Error, "Accepting connections failed")]
    public static partial void AcceptFailed(ILogger logger, Exception cause);

    [LoggerMessage(30, LogLevel.Debug, "Group {Group}: generation {Generation} with {Members} members, protocol {Protocol}")]
    public static partial void GroupGeneration(ILogger logger, string group, int generation, int members, string protocol);

    [LoggerMessage(31, LogLevel.Information, "Group {Group}: member {Member} removed: {Reason}")]
    public static partial void MemberRemoved(ILogger logger, string group, string member, string reason);

    [LoggerMessage(40, LogLevel.Information, "Transaction {TransactionalId} of producer {ProducerId} ran longer than {Timeout} ms and is aborted")]
    public static partial void TransactionTimedOut(ILogger logger, string transactionalId, long producerId, int timeout);

    [LoggerMessage(41, LogLevel.Information, "Transaction {TransactionalId} was prepared when the broker stopped and is finished now (commit: {Commit})")]
    public static partial void TransactionFinishedAtStart(ILogger logger, string transactionalId, bool commit);

    [LoggerMessage(42, LogLevel.Error, "Ending transaction {TransactionalId} failed; it is finished at the next start")]
    public static partial void TransactionEndFailed(ILogger logger, string transactionalId, Exception cause);
}
