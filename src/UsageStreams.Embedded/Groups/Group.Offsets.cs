using System.Buffers.Binary;
using System.Text;
using UsageStreams.Embedded.Protocol;

namespace UsageStreams.Embedded.Groups;

/// <summary>Who commits: a member of a generation, or (generation -1, no member) somebody who manages partitions by hand.</summary>
internal readonly record struct Committer(string MemberId, string? InstanceId, int Generation);

internal sealed partial class Group
{
    public ErrorCode Commit(Committer committer, IReadOnlyList<OffsetToCommit> offsets)
    {
        lock (_gate)
        {
            if (CheckCommit(committer) is not ErrorCode.None and var error)
                return error;
            Offsets.Commit(offsets);
            return ErrorCode.None;
        }
    }

    /// <summary>Stages positions for a transaction; the caller has checked the transaction and holds its lock.</summary>
    public ErrorCode Stage(Committer committer, long producerId, IReadOnlyList<OffsetToCommit> offsets)
    {
        lock (_gate)
        {
            if (CheckStage(committer) is not ErrorCode.None and var error)
                return error;
            Offsets.Stage(producerId, offsets);
            return ErrorCode.None;
        }
    }

    public void EndTransaction(long producerId, bool commit)
    {
        lock (_gate)
            Offsets.EndTransaction(producerId, commit);
    }

    public IReadOnlyList<FetchedOffset> FetchOffsets(IEnumerable<TopicPartition>? partitions)
    {
        lock (_gate)
            return [.. (partitions ?? Offsets.Partitions).Select(Offsets.Fetch)];
    }

    public ErrorCode DeleteOffset(TopicPartition partition)
    {
        lock (_gate)
        {
            if (_members.Count > 0 && SubscribedTopicsNeedsLock().Contains(partition.Topic))
                return ErrorCode.GroupSubscribedToTopic;
            Offsets.Delete(partition);
            return ErrorCode.None;
        }
    }

    public void ForgetTopic(string topic)
    {
        lock (_gate)
            Offsets.DeleteTopic(topic);
    }

    public void RestoreOffset(long producerId, TopicPartition partition, CommittedOffset offset, bool staged)
    {
        lock (_gate)
        {
            if (staged)
                Offsets.RestoreStaged(producerId, partition, offset);
            else
                Offsets.RestoreCommitted(partition, offset);
        }
    }

    private ErrorCode CheckCommit(Committer committer)
    {
        if (_state == GroupState.Dead)
            return ErrorCode.UnknownMemberId;
        if (committer.Generation < 0 && _members.Count == 0)
            return ErrorCode.None;
        if (_members.Count == 0)
            return ErrorCode.IllegalGeneration;
        if (CheckMemberNeedsLock(committer.MemberId, committer.InstanceId) is not ErrorCode.None and var error)
            return error;
        if (committer.Generation != _generation)
            return ErrorCode.IllegalGeneration;
        if (_state == GroupState.CompletingRebalance)
            return ErrorCode.RebalanceInProgress;
        Touch(FindMember(committer.MemberId)!);
        return ErrorCode.None;
    }

    private ErrorCode CheckStage(Committer committer)
    {
        if (_state == GroupState.Dead)
            return ErrorCode.UnknownMemberId;
        if (committer.Generation >= 0 && committer.Generation != _generation)
            return ErrorCode.IllegalGeneration;
        return committer.MemberId.Length > 0 || committer.InstanceId is not null
            ? CheckMemberNeedsLock(committer.MemberId, committer.InstanceId)
            : ErrorCode.None;
    }

    /// <summary>Topics in the members' subscriptions (version INT16, then an array of names), for groups of consumers.</summary>
    private HashSet<string> SubscribedTopicsNeedsLock()
    {
        var topics = new HashSet<string>(StringComparer.Ordinal);
        foreach (byte[] metadata in _members.Select(member => member.Metadata(_protocolName)).Where(bytes => _protocolType == "consumer" && bytes.Length >= 6))
        {
            var rest = metadata.AsSpan(2);
            int count = BinaryPrimitives.ReadInt32BigEndian(rest);
            rest = rest[4..];
            for (; count > 0 && rest.Length >= 2; count--)
            {
                int length = BinaryPrimitives.ReadInt16BigEndian(rest);
                topics.Add(Encoding.UTF8.GetString(rest.Slice(2, length)));
                rest = rest[(2 + length)..];
            }
        }

        return topics;
    }
}
