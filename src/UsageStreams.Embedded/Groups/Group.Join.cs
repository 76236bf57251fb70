using UsageStreams.Embedded.Protocol;

namespace UsageStreams.Embedded.Groups;

internal sealed partial class Group
{
    /// <summary>Joins or rejoins. The task ends when the generation is formed, at once when nothing changes, or with an error.</summary>
    public Task<JoinResult> Join(JoinRequest request)
    {
        lock (_gate)
        {
            if (_state == GroupState.Dead)
                return Refuse(ErrorCode.UnknownMemberId, request.MemberId);
            if (!IsCompatible(request))
                return Refuse(ErrorCode.InconsistentGroupProtocol, request.MemberId);
            if (request.MemberId.Length > 0)
                return JoinAgain(request);
            return request.InstanceId is null ? JoinFirst(request) : JoinStatic(request, request.InstanceId);
        }
    }

    private bool IsCompatible(JoinRequest request)
    {
        if (request.ProtocolType.Length == 0 || request.Protocols.Count == 0)
            return false;
        if (_members.Count == 0)
            return true;
        return request.ProtocolType == _protocolType
            && request.Protocols.Any(protocol => _members.All(member => member.Offers(protocol.Name) || member.Id == request.MemberId));
    }

    /// <summary>A client that vanishes between two tries must not leave a member behind, so it gets an id first and joins with that.</summary>
    private Task<JoinResult> JoinFirst(JoinRequest request)
    {
        string id = $"{request.ClientId}-{Guid.NewGuid()}";
        if (!request.RequiresMemberId)
            return AddAndRebalance(request, id);
        _pendingMembers[id] = _settings.Time.CreateTimer(_ => ForgetPending(id), null, request.SessionTimeout, Timeout.InfiniteTimeSpan);
        return Refuse(ErrorCode.MemberIdRequired, id);
    }

    private Task<JoinResult> JoinStatic(JoinRequest request, string instanceId)
    {
        string id = $"{instanceId}-{Guid.NewGuid()}";
        return FindStaticMember(instanceId) is { } old ? ReplaceStatic(old, request, id) : AddAndRebalance(request, id);
    }

    private Task<JoinResult> JoinAgain(JoinRequest request)
    {
        if (_pendingMembers.Remove(request.MemberId, out var timer))
        {
            timer.Dispose();
            return AddAndRebalance(request, request.MemberId);
        }

        if (CheckMemberNeedsLock(request.MemberId, request.InstanceId) is not ErrorCode.None and var error)
            return Refuse(error, request.MemberId);
        var member = FindMember(request.MemberId)!;
        bool unchanged = member.HasSameProtocols(request.Protocols);
        bool current = _state == GroupState.CompletingRebalance || (_state == GroupState.Stable && member.Id != _leader);
        if (unchanged && current)
        {
            Touch(member);
            return Task.FromResult(Generation(member));
        }

        member.Update(request);
        return ParkAndRebalance(member);
    }

    /// <summary>
    /// A restarted static member takes its predecessor's place. In a stable group whose protocol stays the same nothing is
    /// rebalanced: the member gets the current generation, and its old assignment by the sync that follows.
    /// </summary>
    private Task<JoinResult> ReplaceStatic(Member old, JoinRequest request, string id)
    {
        string? leaderBefore = _leader;
        var member = new Member(id, request) { Assignment = old.Assignment, HasSynced = old.HasSynced, IsNew = old.IsNew };
        _members[_members.IndexOf(old)] = member;
        if (_leader == old.Id)
            _leader = id;
        Release(old, ErrorCode.FencedInstanceId);
        Touch(member);
        if (_state != GroupState.Stable || SelectProtocol() != _protocolName)
            return ParkAndRebalance(member);
        PersistNeedsLock();
        bool leads = _leader == id;
        bool skips = leads && request.CanSkipAssignment;
        // Without the skip flag a leader would assign anew; shown its own old id as the leader, it takes itself for a follower.
        return Task.FromResult(new JoinResult(
            ErrorCode.None, id, _generation, _protocolType, _protocolName,
            (request.CanSkipAssignment ? _leader : leaderBefore) ?? "", skips, skips ? JoinedMembers() : null));
    }

    private Task<JoinResult> AddAndRebalance(JoinRequest request, string id)
    {
        var member = new Member(id, request);
        if (_members.Count == 0)
            _protocolType = request.ProtocolType;
        _members.Add(member);
        _leader ??= id;
        _memberJoinedInInitialPhase = true;
        return ParkAndRebalance(member);
    }

    private Task<JoinResult> ParkAndRebalance(Member member)
    {
        // A client that lost its connection asks again; its first request is still parked and must not hang for ever.
        member.ParkedJoin?.TrySetResult(new JoinResult(ErrorCode.RebalanceInProgress, member.Id));
        member.ParkedJoin = new TaskCompletionSource<JoinResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = member.ParkedJoin.Task;
        Touch(member);
        if (_state == GroupState.PreparingRebalance)
            CompleteJoinWhenAllJoined();
        else
            PrepareRebalance();
        return answer;
    }

    private void ForgetPending(string id)
    {
        lock (_gate)
        {
            if (_pendingMembers.Remove(id, out var timer))
                timer.Dispose();
            CompleteJoinWhenAllJoined();
        }
    }

    private JoinResult Generation(Member member) => new(
        ErrorCode.None, member.Id, _generation, _protocolType, _protocolName, _leader ?? "",
        SkipAssignment: false, member.Id == _leader ? JoinedMembers() : null);

    private JoinedMember[] JoinedMembers() =>
        [.. _members.Select(member => new JoinedMember(member.Id, member.InstanceId, member.Metadata(_protocolName)))];

    private static Task<JoinResult> Refuse(ErrorCode error, string memberId) => Task.FromResult(new JoinResult(error, memberId));
}
