using UsageStreams.Embedded.Groups;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Storage;
using UsageStreams.Embedded.Topics;
using UsageStreams.Embedded.Transactions;

namespace UsageStreams.Embedded.Requests;

/// <summary>What the handlers work on.</summary>
internal sealed record BrokerParts(
    EmbeddedBrokerOptions Options,
    string ClusterId,
    string Host,
    int Port,
    TimeProvider Time,
    TopicStore Topics,
    GroupCoordinator Groups,
    TransactionCoordinator Transactions)
{
    /// <summary>The one node, which leads every partition and coordinates everything.</summary>
    public const int NodeId = 1;

    /// <summary>Runs a step that writes, and turns a refusing disk into its error code.</summary>
    public static ErrorCode Guard(Func<ErrorCode> step)
    {
        try
        {
            return step();
        }
        catch (StorageException)
        {
            return ErrorCode.StorageError;
        }
    }

    /// <summary>Checks a client's idea of the leader epoch: -1 asks for no check.</summary>
    public static ErrorCode CheckLeaderEpoch(int epoch) => epoch switch
    {
        -1 or Log.PartitionLog.LeaderEpoch => ErrorCode.None,
        < Log.PartitionLog.LeaderEpoch => ErrorCode.FencedLeaderEpoch,
        _ => ErrorCode.UnknownLeaderEpoch,
    };
}
