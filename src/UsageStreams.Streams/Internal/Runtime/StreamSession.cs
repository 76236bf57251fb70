using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using UsageStreams.Streams.Internal.Faults;
using UsageStreams.Streams.Internal.Graph;
using UsageStreams.Streams.Internal.Queries;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Internal.Telemetry;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>
/// One life of a thread's clients and tasks: from joining the group to leaving it, or to the first failure. Everything runs on the thread.
/// </summary>
internal sealed class StreamSession : IDisposable
{
    private const int TableBatchLimit = 2000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    private readonly ThreadContext _context;
    private readonly StreamsOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly ISessionClients _clients;
    private readonly SessionOutput _output;
    private readonly ICatchUpReader _tables;
    private readonly TaskStarter _starter;
    private readonly Action<TaskSlot> _start;
    private readonly ChangelogEnds _ends;
    private readonly IGroupReader _reader;
    private readonly IRepartitionPurge _purge;
    private readonly PauseSwitch _pauses;
    private readonly TaskEnvironment _environment;
    private readonly InstanceAnnouncer _announcer;
    private readonly Dictionary<TopicPartition, TaskSlot> _slots = [];
    private readonly Dictionary<string, SubTopologyGraph> _inputs;
    private readonly List<TopicPartitionOffset> _offsets = [];
    private readonly Func<TopicPartition, bool> _runsHere;
    private long _sentAtCommit;
    private long _lastCommit;
    private long _lastPublished;
    private TimeSpan _untilSent = TimeSpan.MaxValue;
    private bool _joined;

    public StreamSession(ThreadContext context)
    {
        _context = context;
        _options = context.Clients.Options;
        _logger = context.Clients.Logger;
        _clock = context.Clock;
        _clients = context.Clients.Connect();
        _output = _clients.Output(context.Topics);
        _announcer = new InstanceAnnouncer(context, _output);
        _tables = _clients.CatchUp("table", follow: true);
        _purge = _clients.Purge();
        var views = context.Topology.GlobalTables.ToDictionary(static t => t, static t => t.CreateView());
        _environment = TaskEnvironment.Of(context, _clients, _output, views);
        _inputs = context.Topology.Graphs.ToDictionary(g => g.Source.Topic!.Value.Resolve(_options.ApplicationId), static g => g, StringComparer.Ordinal);
        _runsHere = _slots.ContainsKey;
        _start = Start;
        _starter = new TaskStarter(context, _clients, _inputs, _environment);
        _ends = new ChangelogEnds(_clients, _options.ChangelogEndsInterval, _clock, _logger);
        _reader = _clients.Join(this, _inputs.Keys);
        _output.Waiting = _reader.KeepAlive;
        context.Faults.CommitNow = () => Commit(mayWait: true);
        _pauses = new PauseSwitch(context.Pauses, _reader, TakeHeld);
    }

    /// <summary>Runs until <paramref name="stopping"/>, and then commits and leaves.</summary>
    public void Run(CancellationToken stopping)
    {
        Begin(stopping);
        while (!stopping.IsCancellationRequested)
            Step();
        Leave();
    }

    /// <summary>Fences an earlier session of the same name, and restores the tables.</summary>
    public void Begin(CancellationToken stopping)
    {
        _output.Begin();
        RestoreTables(stopping);
        _lastCommit = _clock.GetTimestamp();
    }

    /// <summary>One batch: reads, processes, and commits when it is time.</summary>
    public void Step()
    {
        _pauses.Apply(_slots.Values);
        ReadBatch();
        _starter.Step(_reader, _start);
        _tables.Step(TableBatchLimit, TimeSpan.Zero);
        _starter.Follow(_runsHere, _slots.Count);
        Punctuate();
        if (IsCommitDue())
            Commit(mayWait: true);
        _untilSent = _reader.HasMore ? TimeSpan.MaxValue : _output.SendOn();
        _context.Queries.Answer(_slots.Values, _reader, committed: false);
        Purge();
        Publish();
        _context.Progressed();
    }

    /// <summary>Commits and leaves the group.</summary>
    public void Leave()
    {
        _announcer.Withdraw(_slots.Values);
        Commit();
        _ends.Finish(_slots.Values);
        CloseTasks(_slots.Values);
        _slots.Clear();
        _context.Metrics.Standbys = [];
        _reader.Close();
    }

    /// <summary>Gives everything up after a failure: the transaction is aborted and the group left, as far as that works.</summary>
    public void Abandon()
    {
        _context.Queries.Reject();
        _context.Metrics.TransactionsAborted++;
        _context.Metrics.Standbys = [];
        Attempt("close the tasks", () => CloseTasks(_slots.Values));
        _slots.Clear();
        Attempt("abort the transaction", _output.Abort);
        Attempt("leave the group", _reader.Close);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _starter.Dispose();
        _tables.Dispose();
        _output.Dispose();
        _clients.Dispose();
    }

    internal void Assigned(IReadOnlyList<TopicPartitionOffset> partitions)
    {
        _logger.Assigned(_context.Thread, string.Join(", ", partitions));
        using Activity? activity = _context.Rebalanced(RebalanceEvent.Assigned, partitions.Select(static p => p.TopicPartition));
        _joined = true;
        foreach (TopicPartitionOffset partition in partitions)
        {
            var slot = new TaskSlot(partition.TopicPartition, partition.Offset);
            _slots[partition.TopicPartition] = slot;
            _starter.Add(slot);
        }
    }

    internal void Revoked(IReadOnlyList<TopicPartition> partitions)
    {
        _logger.Revoked(_context.Thread, string.Join(", ", partitions));
        using Activity? activity = _context.Rebalanced(RebalanceEvent.Revoked, partitions);
        _announcer.Withdraw(partitions.Select(Slot).OfType<TaskSlot>());
        Commit();
        Remove(partitions);
    }

    internal void Lost(IReadOnlyList<TopicPartition> partitions)
    {
        _logger.Lost(_context.Thread, string.Join(", ", partitions));
        using Activity? activity = _context.Rebalanced(RebalanceEvent.Lost, partitions);
        throw new TransactionFailure(
            $"The group gave {string.Join(", ", partitions)} to others: no poll within max.poll.interval.ms, or no heartbeat within {_options.SessionTimeout}.");
    }

    /// <summary>The slot of an assigned partition, for as long as it is assigned; null when it is not.</summary>
    internal TaskSlot? Slot(TopicPartition partition) => _slots.GetValueOrDefault(partition);

    /// <summary>Takes a record of a slot's partition, or drops it when there is none.</summary>
    internal void Take(TaskSlot? slot, in InputRecord record)
    {
        if (slot is null)
            _context.Metrics.StaleRecordsDropped++;
        else if (slot.IsTaking)
            Process(slot, in record);
        else
            slot.Hold(new HeldRecord(in record));
    }

    /// <summary>A slot's partition has been read to its end: the next record will be at <paramref name="offset"/>.</summary>
    internal static void TakeEnd(TaskSlot? slot, long offset)
    {
        if (slot is null)
            return;
        if (!slot.IsTaking)
        {
            slot.Hold(new HeldRecord(offset));
            return;
        }

        slot.Task!.CaughtUp();
        slot.MoveTo(Math.Max(slot.Position, offset));
    }

    private void RestoreTables(CancellationToken stopping)
    {
        var partitions = new List<CatchUpPartition>();
        foreach ((GlobalKTable table, TableView view) in _environment.Tables)
        {
            for (int partition = 0; partition < _context.Topics[table.Topic]; partition++)
                partitions.Add(new CatchUpPartition(new TopicPartition(table.Topic, partition), view.Take, new TableFaults(view, table.Topic, table.Faults!, _context.Faults)));
        }

        _tables.Add(partitions);
        while (!_tables.IsCaughtUp && !stopping.IsCancellationRequested)
        {
            _tables.Step(TableBatchLimit, LongestWait);
            // Tables may take longer than the group waits for a poll.
            _reader.KeepAlive();
            _context.Progressed();
        }
    }

    private void ReadBatch() => _reader.Poll(_starter.IsBusy ? _starter.LongestWait : UntilCommit());

    /// <summary>While more input is waiting, a commit is put off: nobody who is behind gains by it.</summary>
    private bool IsCommitDue()
    {
        TimeSpan elapsed = _clock.GetElapsedTime(_lastCommit);
        return elapsed >= _options.CommitInterval && (!_reader.HasMore || elapsed >= _options.LongestCommitInterval);
    }

    private TimeSpan UntilCommit()
    {
        TimeSpan left = _options.CommitInterval - _clock.GetElapsedTime(_lastCommit);
        left = left < _untilSent ? left : _untilSent;
        if (left <= TimeSpan.Zero || _starter.IsFollowingBehind || IsReadingPast())
            return TimeSpan.Zero;
        // The client waits for whole milliseconds: without rounding up, what is left of one would be spent polling.
        return left < LongestWait ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : LongestWait;
    }

    private bool IsReadingPast()
    {
        foreach (TaskSlot slot in _slots.Values)
        {
            if (slot.IsRunning && slot.Task!.Past.IsBehind)
                return true;
        }

        return false;
    }

    private void Process(TaskSlot slot, in InputRecord record)
    {
        // Offsets of a partition only grow. One that doesn't was fetched for an older assignment.
        if (record.Offset < slot.Position)
            throw new TransactionFailure($"Read {slot.Partition} offset {record.Offset} after {slot.Position - 1}.");
        slot.Task!.Process(in record);
        slot.MoveTo(record.Offset + 1);
        _context.Metrics.RecordsConsumed++;
    }

    private void Start(TaskSlot slot)
    {
        slot.Task!.Start(slot.Start.Value);
        slot.IsRunning = true;
        if (slot.Start.Value >= 0)
            slot.MoveTo(slot.Start.Value);
        long restored = slot.Restoring.Records;
        _logger.TaskStarted(slot.Task.Id, slot.Position, restored);
        if (restored > 0 && slot.Start == Offset.Beginning)
            _logger.StateWithoutOffset(slot.Task.Id, restored, slot.Restoring.Partitions.First(static p => p.Records > 0).Partition.Topic);
        _pauses.Start(slot);
    }

    private void TakeHeld(TaskSlot slot)
    {
        foreach (HeldRecord held in slot.Held)
        {
            if (held.IsPartitionEnd)
                TakeEnd(slot, held.Offset);
            else
                Process(slot, held.ToInput());
        }

        slot.Held.Clear();
    }

    private void Punctuate()
    {
        long start = _clock.GetTimestamp();
        foreach (TaskSlot slot in _slots.Values)
        {
            if (slot.IsRunning)
                slot.Task!.Punctuate();
        }

        _context.Metrics.PunctuationTime += _clock.GetElapsedTime(start);
    }

    /// <summary>The order is what exactly-once rests on; see docs/engine.md.</summary>
    /// <param name="mayWait">Whether what can't be fenced yet may be committed later.</param>
    private void Commit(bool mayWait = false)
    {
        _lastCommit = _clock.GetTimestamp();
        Reached(CommitStep.Produce);
        bool processed = Prepare();
        long sent = _output.Sent - _sentAtCommit;
        if (sent == 0 && !processed)
        {
            _context.Queries.Answer(_slots.Values, _reader, committed: true);
            return;
        }

        if (!CollectOffsets() && mayWait)
            return;
        if (_offsets.Count == 0)
            throw new TransactionFailure("There is output, but no position yet by which the group could fence it.");
        using var report = new CommitReport(_context, _lastCommit, _offsets.Count);
        Reached(CommitStep.Flush);
        _output.Flush();
        Reached(CommitStep.SendOffsets);
        _output.SendOffsets(_offsets, _reader);
        Reached(CommitStep.Commit);
        _output.Commit();
        Reached(CommitStep.Acknowledge);
        Acknowledge();
        _ends.Ask(_slots.Values);
        _context.Queries.Answer(_slots.Values, _reader, committed: true);
        _context.Metrics.Committed(sent);
        report.Committed(sent);
        _context.Recovered();
        // From the end: a commit that takes as long as the interval must not leave time for nothing else.
        _lastCommit = _clock.GetTimestamp();
    }

    private bool Prepare()
    {
        bool processed = false;
        foreach (TaskSlot slot in _slots.Values)
        {
            if (!slot.IsRunning)
                continue;
            slot.Task!.PrepareCommit();
            processed |= slot.Task.NextOffset is not null;
        }

        _announcer.Announce(_slots.Values);
        return processed;
    }

    /// <summary>
    /// The positions of all running tasks, moved or not: offsets are what the group's generation fences, and punctuation and announcements
    /// produce without reading. Where reading has not begun there is none.
    /// </summary>
    private bool CollectOffsets()
    {
        _offsets.Clear();
        foreach (TaskSlot slot in _slots.Values)
        {
            if (slot.IsRunning && slot.IsPositioned)
                _offsets.Add(new TopicPartitionOffset(slot.Partition, slot.Position));
        }

        return _offsets.Count > 0;
    }

    private void Acknowledge()
    {
        _ends.Give();
        foreach (TaskSlot slot in _slots.Values)
        {
            if (!slot.IsRunning)
                continue;
            slot.Committed = slot.IsPositioned ? slot.Position : null;
            slot.Task!.Committed(slot.Committed);
        }

        _sentAtCommit = _output.Sent;
    }

    private void Purge()
    {
        if (!_purge.IsDue)
            return;
        var read = new List<TopicPartitionOffset>();
        foreach (TaskSlot slot in _slots.Values)
        {
            if (slot.Committed is { } committed && _inputs[slot.Partition.Topic].Source.Topic!.Value.IsRepartition)
                read.Add(new TopicPartitionOffset(slot.Partition, committed));
        }

        _purge.Start(read);
    }

    private void Reached(CommitStep step)
    {
        _options.BeforeCommitStep?.Invoke(step);
        _context.ThrowIfGivenUp();
    }

    private void Remove(IReadOnlyList<TopicPartition> partitions)
    {
        var removed = new List<TaskSlot>();
        foreach (TopicPartition partition in partitions)
        {
            if (_slots.Remove(partition, out TaskSlot? slot))
                removed.Add(slot);
        }

        _starter.Remove(removed);
        CloseTasks(removed);
    }

    /// <summary>Closes all, whatever one of them throws: a task that isn't closed keeps its folder from the next.</summary>
    private static void CloseTasks(IEnumerable<TaskSlot> slots)
    {
        Exception? first = null;
        foreach (TaskSlot slot in slots)
        {
            try
            {
                slot.Close();
            }
            catch (Exception e)
            {
                first ??= e;
            }
        }

        if (first is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
    }

    private void Publish()
    {
        // A member for which no partition is left is as ready as it can be.
        bool running = _joined && !_starter.IsBusy;
        if (running == _context.IsRunning && _clock.GetElapsedTime(_lastPublished) < _options.PublishInterval)
            return;
        _lastPublished = _clock.GetTimestamp();
        _context.Metrics.TableRecords = _tables.Records + _starter.TableRecords;
        if (_context.Metrics.WantsDetails)
            _context.Metrics.Standbys = _starter.Standbys();
        _context.Report(running, _slots.Values, _reader);
    }

    private void Attempt(string step, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            _logger.CleanupFailed(_context.Thread, step, e.Message);
        }
    }
}
