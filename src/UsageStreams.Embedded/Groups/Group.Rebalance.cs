using UsageStreams.Embedded.Protocol;

namespace UsageStreams.Embedded.Groups;

internal sealed partial class Group
{
    private static readonly TimeSpan NewMemberTimeout = TimeSpan.FromMinutes(5);

    private readonly ITimer _phaseTimer;
    private bool _initialPhase;
    private bool _memberJoinedInInitialPhase;
    private TimeSpan _initialPhaseLeft;

    private void PrepareRebalance()
    {
        bool first = _state == GroupState.Empty;
        foreach (var member in _members)
        {
            if (member.ParkedSync is not { } parked)
                continue;
            member.ParkedSync = null;
            // Its session stood still while it was parked.
            Touch(member);
            parked.TrySetResult(new SyncResult(ErrorCode.RebalanceInProgress));
        }

        bool wasStable = _state == GroupState.Stable;
        _state = GroupState.PreparingRebalance;
        // A group that stops in the middle must not come back as stable: who joined meanwhile would own nothing.
        if (wasStable)
            PersistNeedsLock();
        if (first && _settings.InitialRebalanceDelay > TimeSpan.Zero)
        {
            _initialPhase = true;
            _initialPhaseLeft = MaxRebalanceTimeout();
            ExtendInitialPhase();
            return;
        }

        StartPhase(MaxRebalanceTimeout());
        CompleteJoinWhenAllJoined();
    }

    private void ExtendInitialPhase()
    {
        _memberJoinedInInitialPhase = false;
        var next = _initialPhaseLeft < _settings.InitialRebalanceDelay ? _initialPhaseLeft : _settings.InitialRebalanceDelay;
        _initialPhaseLeft -= next;
        StartPhase(next);
    }

    private void CompleteJoinWhenAllJoined()
    {
        if (_state == GroupState.PreparingRebalance && !_initialPhase && _pendingMembers.Count == 0
            && _members.TrueForAll(member => member.ParkedJoin is not null))
            CompleteJoin();
    }

    /// <summary>Forms the generation of those who joined; dynamic members that did not are out, static ones keep their place.</summary>
    private void CompleteJoin()
    {
        _initialPhase = false;
        foreach (var absent in _members.Where(member => member.ParkedJoin is null && member.InstanceId is null).ToArray())
            Remove(absent, "it did not rejoin within its rebalance timeout");
        if (_members.Count == 0)
        {
            BecomeEmpty();
            return;
        }

        if (FindMember(_leader ?? "")?.ParkedJoin is null)
            _leader = _members.Find(member => member.ParkedJoin is not null)?.Id ?? _leader;
        if (_members.TrueForAll(member => member.ParkedJoin is null))
        {
            StartPhase(MaxRebalanceTimeout());
            return;
        }

        _generation++;
        _protocolName = SelectProtocol();
        _state = GroupState.CompletingRebalance;
        BrokerLog.GroupGeneration(_settings.Logger, Id, _generation, _members.Count, _protocolName ?? "");
        StartPhase(MaxRebalanceTimeout());
        foreach (var member in _members)
            AnswerJoin(member);
    }

    private void AnswerJoin(Member member)
    {
        member.HasSynced = false;
        if (member.ParkedJoin is not { } parked)
            return;
        member.ParkedJoin = null;
        member.IsNew = false;
        Touch(member);
        parked.TrySetResult(Generation(member));
    }

    private void BecomeEmpty()
    {
        _generation++;
        (_state, _protocolName, _leader) = (GroupState.Empty, null, null);
        StartPhase(Timeout.InfiniteTimeSpan);
        PersistNeedsLock();
    }

    private void OnPhaseTimer()
    {
        lock (_gate)
        {
            switch (_state)
            {
                case GroupState.PreparingRebalance when _initialPhase && _memberJoinedInInitialPhase && _initialPhaseLeft > TimeSpan.Zero:
                    ExtendInitialPhase();
                    break;
                case GroupState.PreparingRebalance:
                    CompleteJoin();
                    break;
                case GroupState.CompletingRebalance:
                    foreach (var silent in _members.Where(member => !member.HasSynced).ToArray())
                        Remove(silent, "it did not sync within the rebalance timeout");
                    RebalanceAfterRemoval();
                    break;
                default:
                    break;
            }
        }
    }

    private void StartPhase(TimeSpan limit) => _phaseTimer.Change(limit, Timeout.InfiniteTimeSpan);

    private void RebalanceAfterRemoval()
    {
        if (_state is GroupState.Stable or GroupState.CompletingRebalance)
            PrepareRebalance();
        else
            CompleteJoinWhenAllJoined();
    }

    private TimeSpan MaxRebalanceTimeout() =>
        _members.Count == 0 ? TimeSpan.Zero : _members.Max(member => member.RebalanceTimeout);

    /// <summary>Each member votes for its first choice among the protocols all of them offer.</summary>
    private string? SelectProtocol() => _members
        .Select(member => member.Protocols.Select(protocol => protocol.Name).FirstOrDefault(name => _members.TrueForAll(other => other.Offers(name))))
        .OfType<string>()
        .GroupBy(name => name, StringComparer.Ordinal)
        .MaxBy(votes => votes.Count())?.Key;
}
