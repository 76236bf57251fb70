using UsageStreams.Embedded.Protocol;

namespace UsageStreams.Embedded.Groups;

internal sealed partial class Group
{
    public ErrorCode Heartbeat(string memberId, string? instanceId, int generation)
    {
        lock (_gate)
        {
            if (_state is GroupState.Dead or GroupState.Empty)
                return ErrorCode.UnknownMemberId;
            if (CheckMemberNeedsLock(memberId, instanceId) is not ErrorCode.None and var error)
                return error;
            if (generation != _generation)
                return ErrorCode.IllegalGeneration;
            Touch(FindMember(memberId)!);
            return _state == GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
        }
    }

    /// <summary>A member leaves; with an empty member id and an instance id an administrator removes a static one.</summary>
    public ErrorCode Leave(string memberId, string? instanceId)
    {
        lock (_gate)
        {
            if (_pendingMembers.Remove(memberId, out var timer))
            {
                timer.Dispose();
                CompleteJoinWhenAllJoined();
                return ErrorCode.None;
            }

            bool byInstance = memberId.Length == 0 && instanceId is not null;
            var member = byInstance ? FindStaticMember(instanceId!) : FindMember(memberId);
            if (!byInstance && CheckMemberNeedsLock(memberId, instanceId) is not ErrorCode.None and var error)
                return error;
            if (member is null)
                return ErrorCode.UnknownMemberId;
            Remove(member, "it left");
            RebalanceAfterRemoval();
            return ErrorCode.None;
        }
    }

    /// <summary>Puts back what the journal knows. A group that was rebalancing starts that over, so that nobody is forgotten.</summary>
    public void Restore(GroupRecord record)
    {
        lock (_gate)
        {
            _generation = record.Generation;
            _protocolType = record.ProtocolType.Length == 0 ? null : record.ProtocolType;
            _protocolName = record.ProtocolName.Length == 0 ? null : record.ProtocolName;
            _leader = record.Leader.Length == 0 ? null : record.Leader;
            foreach (var kept in record.Members)
            {
                var member = new Member(kept.Joined.MemberId, kept.Joined) { Assignment = kept.Assignment, IsNew = false, HasSynced = true };
                _members.Add(member);
                Touch(member);
            }

            if (_members.Count == 0)
                return;
            _state = GroupState.Stable;
            if (record.Rebalancing)
                PrepareRebalance();
        }
    }

    /// <summary>The member was heard of: its session begins anew.</summary>
    private void Touch(Member member)
    {
        member.LastHeard = _settings.Time.GetTimestamp();
        var limit = member is { ParkedJoin: not null, IsNew: true } ? NewMemberTimeout : member.SessionTimeout;
        if (member.SessionTimer is null)
            member.SessionTimer = _settings.Time.CreateTimer(_ => OnSessionTimer(member), null, limit, Timeout.InfiniteTimeSpan);
        else
            member.SessionTimer.Change(limit, Timeout.InfiniteTimeSpan);
    }

    private void OnSessionTimer(Member member)
    {
        lock (_gate)
        {
            bool parked = member.ParkedSync is not null || (member.ParkedJoin is not null && !member.IsNew);
            var limit = member is { ParkedJoin: not null, IsNew: true } ? NewMemberTimeout : member.SessionTimeout;
            var left = limit - _settings.Time.GetElapsedTime(member.LastHeard);
            if (_state == GroupState.Dead || !_members.Contains(member))
                return;
            // The timer may have fired while the member was being heard of; who is parked waits for the group and sends nothing.
            if (parked || left > TimeSpan.Zero)
            {
                member.SessionTimer!.Change(left > TimeSpan.Zero ? left + TimeSpan.FromMilliseconds(1) : limit, Timeout.InfiniteTimeSpan);
                return;
            }

            Remove(member, $"nothing was heard of it for {limit.TotalMilliseconds} ms");
            RebalanceAfterRemoval();
        }
    }

    private void Remove(Member member, string reason)
    {
        _members.Remove(member);
        if (_leader == member.Id)
            _leader = _members.Count == 0 ? null : _members[0].Id;
        Release(member, ErrorCode.UnknownMemberId);
        BrokerLog.MemberRemoved(_settings.Logger, Id, member.Id, reason);
    }

    private static void Release(Member member, ErrorCode error)
    {
        member.Dispose();
        member.ParkedJoin?.TrySetResult(new JoinResult(error, member.Id));
        member.ParkedSync?.TrySetResult(new SyncResult(error));
        (member.ParkedJoin, member.ParkedSync) = (null, null);
    }
}
