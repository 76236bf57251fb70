using Microsoft.Extensions.Logging;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Storage;

namespace UsageStreams.Embedded.Groups;

/// <summary>What all groups of a broker share.</summary>
internal sealed record GroupSettings(TimeProvider Time, Journal Journal, TimeSpan InitialRebalanceDelay, ILogger Logger);

/// <summary>
/// A consumer group of the classic protocol: membership here, its committed offsets in <see cref="Offsets"/>. All state changes under one
/// lock per group; parked answers continue on other threads, never under the lock.
/// </summary>
internal sealed partial class Group : IDisposable
{
    private readonly Lock _gate = new();
    private readonly GroupSettings _settings;
    private readonly List<Member> _members = [];
    private readonly Dictionary<string, ITimer> _pendingMembers = new(StringComparer.Ordinal);
    private GroupState _state = GroupState.Empty;
    private int _generation;
    private string? _protocolType;
    private string? _protocolName;
    private string? _leader;

    public Group(string id, GroupSettings settings)
    {
        Id = id;
        _settings = settings;
        _phaseTimer = settings.Time.CreateTimer(_ => OnPhaseTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Offsets = new GroupOffsets(id, settings.Journal);
    }

    public string Id { get; }

    /// <summary>Used under the group's lock only.</summary>
    private GroupOffsets Offsets { get; }

    public GroupDescription Describe()
    {
        lock (_gate)
        {
            var members = _members.Select(member => new MemberDescription(
                member.Id, member.InstanceId, member.ClientId, member.ClientHost,
                _state == GroupState.Stable ? member.Metadata(_protocolName) : [],
                _state == GroupState.Stable ? member.Assignment : []));
            return new GroupDescription(
                Id, _state, _generation, _protocolType ?? "", _state == GroupState.Stable ? _protocolName ?? "" : "", [.. members]);
        }
    }

    /// <summary>Deletes the group with its offsets; only an empty one.</summary>
    public ErrorCode Delete()
    {
        lock (_gate)
        {
            if (_state == GroupState.Dead)
                return ErrorCode.GroupIdNotFound;
            if (_members.Count > 0 || _state != GroupState.Empty)
                return ErrorCode.NonEmptyGroup;
            Offsets.DeleteAll();
            _settings.Journal.Put(GroupRecord.Key(Id), null);
            _state = GroupState.Dead;
            return ErrorCode.None;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _state = GroupState.Dead;
            _phaseTimer.Dispose();
            _members.ForEach(member => member.Dispose());
            foreach (var timer in _pendingMembers.Values)
                timer.Dispose();
            foreach (var member in _members)
            {
                member.ParkedJoin?.TrySetResult(new JoinResult(ErrorCode.UnknownMemberId, member.Id));
                member.ParkedSync?.TrySetResult(new SyncResult(ErrorCode.UnknownMemberId));
            }
        }
    }

    /// <summary>
    /// Writes down who is in the group, so that a restarted broker still knows them.
    /// </summary>
    private void PersistNeedsLock()
    {
        var record = new GroupRecord(
            _generation, _protocolType ?? "", _protocolName ?? "", _leader ?? "", _state is GroupState.PreparingRebalance or GroupState.CompletingRebalance,
            [.. _members.Select(MemberRecord.From)]);
        try
        {
            _settings.Journal.Put(GroupRecord.Key(Id), record.ToBytes());
        }
        catch (StorageException)
        {
            // The disk has told the owner of the broker, and refuses whatever clients write from now on. Members go on reading:
            // after a restart they join again.
        }
    }

    private Member? FindMember(string id) => _members.Find(member => member.Id == id);

    private Member? FindStaticMember(string instanceId) => _members.Find(member => member.InstanceId == instanceId);

    /// <summary>Whether the caller is a member, and the one its instance id stands for now.</summary>
    private ErrorCode CheckMemberNeedsLock(string memberId, string? instanceId)
    {
        if (instanceId is not null)
        {
            if (FindStaticMember(instanceId) is not { } current)
                return ErrorCode.UnknownMemberId;
            return current.Id == memberId ? ErrorCode.None : ErrorCode.FencedInstanceId;
        }

        return FindMember(memberId) is null ? ErrorCode.UnknownMemberId : ErrorCode.None;
    }
}
