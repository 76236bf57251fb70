using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Testing.Simulation.Log;

namespace UsageStreams.Streams.Testing.Simulation.Workers;

/// <summary>A group member's client: follows generations cooperatively, and fetches committed records of what it holds.</summary>
internal sealed class SimulatedReader : IGroupReader
{
    private const int MostRecords = 12;
    private const int MostStale = 10;
    private const int ReadsAheadEvery = 5;

    private readonly SimulatedWorker _worker;
    private readonly StreamSession _session;
    private readonly SimulatedLog _log;
    private readonly List<TopicPartition> _owned = [];
    private readonly List<TopicPartition> _awaiting = [];
    private readonly Dictionary<TopicPartition, long> _positions = [];
    private readonly HashSet<TopicPartition> _paused = [];
    private readonly HashSet<TopicPartition> _atEnd = [];
    private readonly Queue<(TopicPartition Partition, long Offset, LogEntry Entry)> _stale = [];
    private int _generation;
    private bool _isAssigned;
    private bool _closed;

    public SimulatedReader(SimulatedWorker worker, StreamSession session)
    {
        _worker = worker;
        _session = session;
        _log = worker.Run.Log;
        Member = _log.Group.Join(worker.Name, worker.Instance, _log.Now);
    }

    public GroupMember Member { get; private set; }

    /// <summary>The client follows generations in the background; a member that was expelled still has the last one that it knew.</summary>
    public IConsumerGroupMetadata Metadata
    {
        get
        {
            if (_log.Group.Contains(Member))
                _generation = _log.Group.Generation;
            return new GroupMetadata(Member, _generation);
        }
    }

    public bool HasMore { get; private set; }

    public void Poll(TimeSpan wait)
    {
        _worker.Reach("poll", Risk.Read);
        FollowGroup();
        // A whole rebalance may fit into one poll, and leave in the batch what was fetched before it.
        for (int again = 0; again < 2 && _stale.Count > 0; again++)
            FollowGroup();
        HasMore = _worker.Run.Random.PerMille(300);
        HandOverStale();
        for (int i = _worker.Run.Random.Between(0, MostRecords); i > 0 && Fetch(); i--)
            _worker.Reach("take", Risk.Record);
    }

    public void Pause(TopicPartition partition) => _paused.Add(partition);

    /// <summary>The client tells of the partition's end once more.</summary>
    public void Resume(TopicPartition partition)
    {
        _paused.Remove(partition);
        _atEnd.Remove(partition);
    }

    public void Commit(List<TopicPartitionOffset> offsets)
    {
        _worker.Reach("commit offsets", Risk.Step);
        _worker.MayFail("commit offsets", "offsets failed");
        _log.Group.Verify((GroupMetadata)Metadata);
        Dictionary<TopicPartition, long> committed = offsets.ToDictionary(static o => o.TopicPartition, static o => o.Offset.Value);
        _log.Group.Decide(committed, _log.Now);
        _log.Group.Apply(committed);
        _worker.MayFail("commit offsets", "offsets sent, answer lost");
    }

    public IReadOnlyList<TopicPartitionOffset> Committed(IReadOnlyList<TopicPartition> partitions) =>
        [.. partitions.Select(partition => new TopicPartitionOffset(partition, _log.Group.Committed(partition) ?? Offset.Unset))];

    public void KeepAlive()
    {
    }

    public long? End(TopicPartition partition) => _log[partition].LastStable;

    public void Close()
    {
        if (_closed)
            return;
        _closed = true;
        _worker.Reach("leave the group", Risk.Step);
        if (Member.Instance is null)
            _log.Group.Leave(Member);
    }

    public void Dispose()
    {
    }

    private void FollowGroup()
    {
        GroupCoordinator group = _log.Group;
        if (!group.Contains(Member))
            BeLost();
        if (group.IsPreparing && !Member.HasJoined)
            group.Rejoin(Member, _owned);
        if (!group.IsPreparing && !Member.IsSynced)
            Sync();
        if (_isAssigned)
            Start();
    }

    private void BeLost()
    {
        if (_log.Group.IsReplaced(Member))
            throw TransactionFailure.Of("follow the group", new KafkaException(new Error(ErrorCode.FencedInstanceId, $"{Member.Id} was replaced")));
        List<TopicPartition> lost = [.. _owned];
        _owned.Clear();
        _awaiting.Clear();
        _isAssigned = false;
        _positions.Clear();
        Member = _log.Group.Join(_worker.Name, _worker.Instance, _log.Now);
        if (lost.Count > 0)
            _session.Lost(lost);
    }

    private void Sync()
    {
        Member.IsSynced = true;
        List<TopicPartition> revoked = [.. _owned.Where(p => !Member.Assigned.Contains(p))];
        List<TopicPartition> added = [.. Member.Assigned.Where(p => !_owned.Contains(p))];
        foreach (TopicPartition partition in revoked)
            GiveBack(partition);
        _owned.AddRange(added);
        _awaiting.AddRange(added);
        // The client tells of an assignment even when nothing is new in it.
        _isAssigned = true;
        if (revoked.Count == 0)
            return;
        _worker.Reach("revoke", Risk.Step);
        _worker.MayFail("commit before giving back", "revoke failed");
        _session.Revoked(revoked);
        // Only now may another have them. Whoever was expelled meanwhile learns of it by the next poll.
        foreach (TopicPartition partition in revoked)
            _owned.Remove(partition);
        if (_log.Group.Contains(Member))
            _log.Group.Prepare();
    }

    private void GiveBack(TopicPartition partition)
    {
        _awaiting.Remove(partition);
        if (_positions.Remove(partition, out long position) && !_paused.Contains(partition) && _worker.Run.Random.PerMille(300))
            KeepStale(partition, position);
        _paused.Remove(partition);
        _atEnd.Remove(partition);
    }

    /// <summary>What the present poll has fetched under the assignment that is over.</summary>
    private void KeepStale(TopicPartition partition, long position)
    {
        for (int i = _worker.Run.Random.Between(1, MostStale); i > 0 && _log[partition].Read(ref position) is { } entry; i--)
            _stale.Enqueue((partition, position - 1, entry));
    }

    /// <summary>The client is meant to drop it. The session must, and must notice when it has the partition again.</summary>
    private void HandOverStale()
    {
        while (_stale.TryDequeue(out (TopicPartition Partition, long Offset, LogEntry Entry) stale))
        {
            _worker.Run.Trace.Fault(_worker.Name, _owned.Contains(stale.Partition) ? "stale record of a partition that is back" : "stale record");
            HandOver(stale.Partition, stale.Offset, stale.Entry);
        }
    }

    /// <summary>Stable offsets first, changelogs after, as the real reader does.</summary>
    private void Start()
    {
        bool wait = _worker.Run.Breakage != Breakage.UnstableOffsets;
        if (wait && _awaiting.Exists(_log.Transactions.IsUnstable))
            return;
        var starts = new List<TopicPartitionOffset>();
        foreach (TopicPartition partition in _awaiting)
        {
            long? committed = _log.Group.Committed(partition);
            _positions[partition] = committed ?? _log[partition].Start;
            _worker.Started(partition, _positions[partition]);
            starts.Add(new TopicPartitionOffset(partition, committed is { } offset ? new Offset(offset) : Offset.Beginning));
        }

        _awaiting.Clear();
        _isAssigned = false;
        _worker.Reach("assign", Risk.Step);
        _worker.MayFail("fetch the committed offsets", "assign failed");
        _session.Assigned(starts);
    }

    /// <summary>Hands a record over, or the end of a partition.</summary>
    private bool Fetch()
    {
        int count = _owned.Count;
        int first = count == 0 ? 0 : _worker.Run.Random.Next(count);
        for (int i = 0; i < count; i++)
        {
            TopicPartition partition = _owned[(first + i) % count];
            if (!_paused.Contains(partition) && _positions.TryGetValue(partition, out long position) && Fetch(partition, position))
                return true;
        }

        return false;
    }

    private bool Fetch(TopicPartition partition, long before)
    {
        long position = before;
        LogEntry? entry = Read(partition, ref position);
        _positions[partition] = position;
        if (entry is not null)
        {
            _atEnd.Remove(partition);
            if (position % ReadsAheadEvery == 0)
                ReadAhead(partition, position - 1);
            HandOver(partition, position - 1, entry);
            return true;
        }

        if (!_atEnd.Add(partition) && position == before)
            return false;
        StreamSession.TakeEnd(_session.Slot(partition), position);
        return true;
    }

    /// <summary>As far as a batch might go. What comes between, and the crash, finds records read that are not processed.</summary>
    private void ReadAhead(TopicPartition partition, long position)
    {
        if (_session.Slot(partition) is not { IsTaking: true, Task: { ReadsAhead: true } task })
            return;
        for (int i = 0; i < SourceNode.AheadLimit && _log[partition].Read(ref position) is { } entry; i++)
            task.ReadAhead(entry.ToInput(position - 1));
        task.FetchEntries();
    }

    private LogEntry? Read(TopicPartition partition, ref long position)
    {
        try
        {
            return _log[partition].Read(ref position);
        }
        catch (KafkaException e)
        {
            throw Failure(partition, new KafkaException(new Error(ErrorCode.Local_AutoOffsetReset, e.Error.Reason)));
        }
    }

    private StreamsException Failure(TopicPartition partition, KafkaException error)
    {
        string step = $"read the input at {partition}";
        if (_worker.Run.Breakage == Breakage.StopOutsideLog)
            return TransactionFailure.Of(step, error);
        // As at an assignment, the offset is told when it is stable.
        while (_log.Transactions.IsUnstable(partition))
            _worker.Wait();
        SimulatedPartition log = _log[partition];
        return TransactionFailure.OutsideLog(step, error, _log.Group.Committed(partition), log.Start, log.HighWatermark);
    }

    private void HandOver(TopicPartition partition, long offset, LogEntry entry) => _session.Take(_session.Slot(partition), entry.ToInput(offset));
}
