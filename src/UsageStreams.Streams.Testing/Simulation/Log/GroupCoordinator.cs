using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams.Testing.Simulation.Log;

/// <summary>
/// The group: generations, cooperative assignment (a partition goes to its next owner a generation after the last one gave it up), named
/// members, and committed offsets.
/// </summary>
internal sealed class GroupCoordinator(SimulationRandom random)
{
    private readonly List<GroupMember> _members = [];
    private readonly Dictionary<TopicPartition, long> _committed = [];
    private readonly Dictionary<TopicPartition, long> _decided = [];
    private bool _shuffle;
    private int _joins;

    public int Generation { get; private set; }

    /// <summary>When an offset last moved.</summary>
    public TimeSpan LastMove { get; set; }

    public bool IsPreparing { get; private set; }

    public bool IsSettled => !IsPreparing && _members.TrueForAll(static m => m.IsSynced)
        && _members.Sum(static m => m.Assigned.Count) == Subscription.Count;

    public IReadOnlyList<GroupMember> Members => _members;

    /// <summary>Every partition that the group reads.</summary>
    public IReadOnlyList<TopicPartition> Subscription { get; set; } = [];

    public GroupMember Join(string name, string? instance, TimeSpan now)
    {
        var member = new GroupMember($"{name}#{++_joins}", instance) { LastSeen = now };
        int known = instance is null ? -1 : _members.FindIndex(m => m.Instance == instance);
        if (known < 0)
        {
            _members.Add(member);
            Prepare();
            return member;
        }

        // A named member that returns takes its assignment back without a new generation, unless it died before it gave partitions back.
        member.Assigned = _members[known].Assigned;
        member.IsSynced = false;
        _members[known] = member;
        if (!IsPreparing && _members.Sum(static m => m.Assigned.Count) < Subscription.Count)
            Prepare();
        return member;
    }

    public bool Contains(GroupMember member) => _members.Contains(member);

    public bool IsReplaced(GroupMember member) => member.Instance is not null && !Contains(member) && _members.Exists(m => m.Instance == member.Instance);

    /// <summary>Begins a new generation: every member has to join again.</summary>
    public void Prepare(bool shuffle = false)
    {
        IsPreparing = true;
        _shuffle |= shuffle;
        foreach (GroupMember member in _members)
            member.HasJoined = false;
    }

    public void Rejoin(GroupMember member, IEnumerable<TopicPartition> owned)
    {
        member.HasJoined = true;
        member.Owned = [.. owned];
        CompleteWhenJoined();
    }

    public void Leave(GroupMember member)
    {
        if (_members.Remove(member))
            Prepare();
        CompleteWhenJoined();
    }

    public int Expire(TimeSpan now, TimeSpan timeout)
    {
        int expired = _members.RemoveAll(m => now - m.LastSeen >= timeout);
        if (expired > 0)
            Prepare();
        return expired;
    }

    public void Verify(GroupMetadata metadata)
    {
        ErrorCode? refusal = !Contains(metadata.Member)
            ? IsReplaced(metadata.Member) ? ErrorCode.FencedInstanceId : ErrorCode.UnknownMemberId
            : metadata.Generation == Generation ? null : ErrorCode.IllegalGeneration;
        if (refusal is { } code)
        {
            throw TransactionFailure.Of("send offsets to the transaction", new KafkaException(new Error(
                code, $"{metadata.Member.Id} of generation {metadata.Generation} is fenced in generation {Generation}")));
        }
    }

    /// <summary>A committed offset as the offsets topic tells it; null when there is none.</summary>
    public long? Committed(TopicPartition partition) => _committed.TryGetValue(partition, out long offset) ? offset : null;

    /// <summary>The truth: as soon as the transaction is decided.</summary>
    public long Decided(TopicPartition partition) => _decided.GetValueOrDefault(partition);

    public void Apply(Dictionary<TopicPartition, long> offsets)
    {
        foreach ((TopicPartition partition, long offset) in offsets)
            _committed[partition] = offset;
    }

    public void Decide(Dictionary<TopicPartition, long> offsets, TimeSpan now)
    {
        foreach ((TopicPartition partition, long offset) in offsets)
        {
            if (offset < Decided(partition))
                throw new SimulationViolationException($"The committed offset of {partition} went back from {Decided(partition)} to {offset}.");
            if (offset > Decided(partition))
                LastMove = now;
            _decided[partition] = offset;
        }
    }

    private void CompleteWhenJoined()
    {
        if (!IsPreparing || _members.Count == 0 || !_members.TrueForAll(static m => m.HasJoined))
            return;
        IsPreparing = false;
        Generation++;
        Assign();
        foreach (GroupMember member in _members)
            member.IsSynced = false;
        _shuffle = false;
    }

    /// <summary>Each keeps what it has up to its share; what nobody holds goes to those who have least.</summary>
    private void Assign()
    {
        int share = (Subscription.Count + _members.Count - 1) / _members.Count;
        var free = Subscription.ToHashSet();
        foreach (GroupMember member in _members)
        {
            free.ExceptWith(member.Owned);
            int keep = _shuffle ? random.Next(member.Owned.Count + 1) : share;
            member.Assigned = [.. member.Owned.Take(keep)];
        }

        foreach (TopicPartition partition in Subscription.Where(free.Contains))
            _members.MinBy(static m => m.Assigned.Count)!.Assigned.Add(partition);
    }
}
