using UsageStreams.Embedded.Protocol;

namespace UsageStreams.Embedded.Groups;

/// <summary>A SyncGroup request; only the leader's carries assignments.</summary>
internal sealed record SyncRequest(
    string MemberId,
    string? InstanceId,
    int Generation,
    string? ProtocolType,
    string? ProtocolName,
    IReadOnlyDictionary<string, byte[]> Assignments);

internal sealed partial class Group
{
    /// <summary>Hands a member its assignment, as soon as the leader has brought all of them.</summary>
    public Task<SyncResult> Sync(SyncRequest request)
    {
        lock (_gate)
        {
            if (CheckSync(request) is not ErrorCode.None and var error)
                return Task.FromResult(new SyncResult(error));
            var member = FindMember(request.MemberId)!;
            Touch(member);
            member.HasSynced = true;
            if (_state == GroupState.Stable)
                return Task.FromResult(Assigned(member));
            member.ParkedSync?.TrySetResult(new SyncResult(ErrorCode.RebalanceInProgress));
            member.ParkedSync = new TaskCompletionSource<SyncResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            var answer = member.ParkedSync.Task;
            if (member.Id == _leader)
                BecomeStable(request.Assignments);
            return answer;
        }
    }

    private ErrorCode CheckSync(SyncRequest request)
    {
        if (_state is GroupState.Dead or GroupState.Empty)
            return ErrorCode.UnknownMemberId;
        if (CheckMemberNeedsLock(request.MemberId, request.InstanceId) is not ErrorCode.None and var error)
            return error;
        if (request.Generation != _generation)
            return ErrorCode.IllegalGeneration;
        if ((request.ProtocolType is { } type && type != _protocolType) || (request.ProtocolName is { } name && name != _protocolName))
            return ErrorCode.InconsistentGroupProtocol;
        return _state == GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    private void BecomeStable(IReadOnlyDictionary<string, byte[]> assignments)
    {
        foreach (var member in _members)
            member.Assignment = assignments.GetValueOrDefault(member.Id, []);
        _state = GroupState.Stable;
        PersistNeedsLock();
        // From here on members that have not asked yet are watched by their session alone, as in Kafka.
        StartPhase(Timeout.InfiniteTimeSpan);
        foreach (var member in _members)
        {
            if (member.ParkedSync is not { } parked)
                continue;
            member.ParkedSync = null;
            Touch(member);
            parked.TrySetResult(Assigned(member));
        }
    }

    private SyncResult Assigned(Member member) => new(ErrorCode.None, _protocolType, _protocolName, member.Assignment);
}
