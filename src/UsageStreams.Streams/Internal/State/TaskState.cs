using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.State;

/// <summary>The stores of a task: where they are restored from, and where their changes go.</summary>
internal sealed class TaskState : IDisposable
{
    private const int RestoreBatchBytes = 1 << 20;

    private readonly StreamTask _task;
    private readonly TaskEnvironment _environment;
    private readonly IReadOnlyList<TaskStore> _stores;
    private readonly ChangelogWriter[] _changelogs;
    private readonly InputReplayer? _replayer;
    private readonly bool _needsLog;
    private StateLog? _log;
    private Checkpoint _checkpoint;
    private Task? _loading;
    private bool _isOpen;
    private bool _isComplete;

    public TaskState(StreamTask task, TaskEnvironment environment, IReadOnlyList<TaskStore> stores, InputReplayer? replayer)
    {
        (_task, _environment, _stores, _replayer) = (task, environment, stores, replayer);
        _changelogs = [.. stores.Select(s => new ChangelogWriter(environment.Collector, s.Changelog, task.Id.Partition))];
        _needsLog = stores.Any(static s => s.Builder.IsOnDisk);
        _checkpoint = Checkpoint.None(stores.Count);
    }

    /// <summary>Whether there is state already, from disk or from a standby, and it is believed so far.</summary>
    public bool IsLocal { get; private set; }

    /// <summary>What is being read.</summary>
    public RestorePlan Plan { get; private set; } = RestorePlan.Nothing;

    /// <summary>Whether committed changes are kept beside the task.</summary>
    public bool HasLog => _log is not null;

    public IEnumerable<TopicPartition> Changelogs => _stores
        .Where(static s => s.Changelog is not null)
        .Select(s => new TopicPartition(s.Changelog, _task.Id.Partition));

    /// <summary>Opens the task's folder and loads what is there; to be called again until it says that it is done.</summary>
    /// <returns>False while another task of this process has the folder, and while loading goes on.</returns>
    public bool TryOpen()
    {
        if (_isOpen || _stores.Count == 0)
            return true;
        if (_loading is null && !TryBegin())
            return false;
        if (!_loading!.IsCompleted)
            return false;
        _loading.GetAwaiter().GetResult();
        return _isOpen = true;
    }

    /// <summary>Says what must be read so that the state is that of the input below <paramref name="start"/>; null when nothing of it was read.</summary>
    public RestorePlan PlanFor(long? start)
    {
        if (IsLocal && _checkpoint.Input > (start ?? 0))
            Distrust($"it is that of offset {_checkpoint.Input} of {_task.InputTopic}, and the group has committed {start?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nothing"}");
        CatchUpPartition? input = _replayer is null ? null : new CatchUpPartition(
            new TopicPartition(_task.InputTopic, _task.Id.Partition), (in InputRecord record) => _replayer.Take(in record, _task.MetadataOf(in record)), now: _task.Now)
        {
            Retention = Retention(),
            Until = start ?? 0,
        };
        return Begin(input);
    }

    /// <summary>Says what must be followed so that the state is that of the changelogs.</summary>
    public RestorePlan PlanStandby() => Begin(null);

    /// <summary>What was followed is the state from which a task goes on that runs here.</summary>
    public void Adopt() => (_checkpoint, IsLocal) = (Plan.Reached(_checkpoint.Input, _task.Now), true);

    /// <summary>Keeps what was restored so far, now and then; everything when all is <paramref name="complete"/>.</summary>
    public void Restored(bool complete)
    {
        if (_log is null || (complete ? _isComplete : _log.Pending < RestoreBatchBytes))
            return;
        _isComplete = complete;
        FlushReplayed();
        _checkpoint = Plan.Reached(_checkpoint.Input, _task.Now);
        Append(_checkpoint);
    }

    /// <summary>Sends the changes of all stores.</summary>
    public void Flush()
    {
        for (int store = 0; store < _stores.Count; store++)
            _stores[store].State.Flush(_changelogs[store]);
    }

    /// <summary>What was made of the input must be in the log before a checkpoint says so: a crash would not read it again.</summary>
    private void FlushReplayed()
    {
        for (int store = 0; store < _stores.Count; store++)
        {
            if (_stores[store].Changelog is null)
                _stores[store].State.Flush(_changelogs[store]);
        }
    }

    /// <summary>What was flushed is committed, and the input below <paramref name="position"/> with it.</summary>
    public void Committed(long? position)
    {
        if (_log is null)
            return;
        _checkpoint = _checkpoint with { Input = position ?? _checkpoint.Input };
        if (_log.Pending > 0)
            Append(_checkpoint);
    }

    /// <summary>The changelogs ended at these offsets at <paramref name="asOf"/>, and everything below them is in the log with the next commit.</summary>
    public void Reached(IReadOnlyDictionary<TopicPartition, long> ends, long asOf)
    {
        long[] changelogs = [.. _stores.Select((store, i) => store.Changelog is null
            ? 0
            : ends.GetValueOrDefault(new TopicPartition(store.Changelog, _task.Id.Partition), _checkpoint.Changelogs[i]))];
        _checkpoint = _checkpoint with { AsOf = asOf, Changelogs = changelogs };
    }

    /// <summary>Writes down what is known now, though nothing has changed.</summary>
    public void SaveCheckpoint()
    {
        if (_log is not null)
            Append(_checkpoint);
    }

    /// <summary>Closes the stores and the log; when it is being loaded, as soon as that is over.</summary>
    public void Dispose()
    {
        if (_loading is { IsCompleted: false })
            _ = _loading.ContinueWith(_ => Close(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        else
            Close();
    }

    private void Close()
    {
        foreach (TaskStore store in _stores)
            store.State.Close();
        _log?.Dispose();
        _log = null;
    }

    private bool TryBegin()
    {
        SegmentFolder? folder = null;
        try
        {
            if (_environment.Folders is not null && (folder = _environment.Folders.TryOpen(_task.Id)) is null)
                return false;
        }
        catch (IOException e)
        {
            GiveUp(e);
        }

        if (folder is null && _needsLog)
            folder = new MemoryFolder();
        if (folder is not null)
            _log = new StateLog(folder, Identity(), _stores.Count, _environment.Folders?.SegmentBytes ?? int.MaxValue);
        for (int store = 0; store < _stores.Count; store++)
            _stores[store].State.Attach(_log is null ? null : new StoreLog(_log, store), _stores[store].Changelog is not null);
        if (_log is not null && _environment.LoadsAside)
            _loading = Task.Run(Load);
        else
            LoadNow();
        return true;
    }

    private void LoadNow()
    {
        if (_log is not null)
            Load();
        _loading = Task.CompletedTask;
    }

    private RestorePlan Begin(CatchUpPartition? input)
    {
        if (IsLocal && Changelogs.Any() && _checkpoint.AsOf + _environment.TombstoneRetention.TotalMilliseconds <= _task.Now)
            Distrust($"it is older than deletions are kept in changelogs, {_environment.TombstoneRetention}");
        Plan = new RestorePlan(input, [.. _stores.Select(Changelog)]);
        foreach (CatchUpPartition partition in Plan.Partitions)
            partition.Distrusted = Distrust;
        if (IsLocal)
            GoOnFrom(_checkpoint);
        return Plan;
    }

    private TimeSpan Retention() => _stores.Max(static s => s.Builder.Replay?.Retention ?? TimeSpan.Zero);

    private CatchUpPartition? Changelog(TaskStore store) => store.Changelog is null ? null : new CatchUpPartition(
        new TopicPartition(store.Changelog, _task.Id.Partition),
        (in InputRecord record) => store.State.Restore(record.Key, record.Value, !record.HasValue));

    private void LoadLog()
    {
        try
        {
            if (_log!.Load(Take) is { } checkpoint)
                (_checkpoint, IsLocal) = (checkpoint, true);
        }
        catch (Exception e) when (e is StaleStateException or UndecodableException or InvalidDataException)
        {
            Distrust(e.Message);
        }
    }

    /// <summary>Loads, or does without a log when the disk refuses; what was loaded of it by then is forgotten.</summary>
    private void Load()
    {
        try
        {
            LoadLog();
        }
        catch (IOException e)
        {
            _checkpoint = Checkpoint.None(_stores.Count);
            foreach (TaskStore store in _stores)
                store.State.Clear();
            GiveUp(e);
        }
    }

    private void Take(in LogRecord record)
    {
        _log!.Loaded(in record);
        _stores[record.Store].State.Load(in record);
    }

    private void Move(in LogRecord record) => _stores[record.Store].State.Move(in record);

    private bool WantsCompaction()
    {
        foreach (TaskStore store in _stores)
        {
            if (store.State.WantsCompaction)
                return true;
        }

        return false;
    }

    private void GoOnFrom(Checkpoint checkpoint)
    {
        if (Plan.Input is { } input)
            input.From = checkpoint.Input;
        for (int store = 0; store < _stores.Count; store++)
        {
            if (Plan.Changelogs[store] is { } changelog)
                changelog.From = checkpoint.Changelogs[store];
        }
    }

    /// <summary>Drops local state, so that everything is read from the beginning.</summary>
    private void Distrust(string reason)
    {
        _environment.Logger.LocalStateDistrusted(_task.Id, reason);
        IsLocal = false;
        _checkpoint = Checkpoint.None(_stores.Count);
        foreach (TaskStore store in _stores)
            store.State.Clear();
        foreach (CatchUpPartition partition in Plan.Partitions)
            partition.From = null;
        _log?.Clear();
    }

    private void Append(Checkpoint checkpoint)
    {
        try
        {
            _log!.Append(checkpoint, Move, WantsCompaction());
        }
        catch (IOException e)
        {
            GiveUp(e);
        }
    }

    /// <summary>Stores in memory do without their log: the next start reads the changelogs from the beginning. Stores on disk can't.</summary>
    private void GiveUp(IOException cause)
    {
        if (_needsLog)
        {
            throw new StreamsException(
                $"Task {_task.Id} can't keep its state on disk: {cause.Message} Everything committed is in Kafka. Make room, or give "
                + $"{nameof(StreamsOptions.StateDirectory)} another place, and start again.", cause);
        }

        _environment.Logger.LocalStateGivenUp(_task.Id, cause.Message, cause);
        using StateLog? log = _log;
        _log = null;
        foreach (TaskStore store in _stores)
            store.State.Attach(null, store.Changelog is not null);
        log?.Delete();
    }

    /// <summary>What the state is of: with other stores, changelogs or partitions it is another state.</summary>
    private string Identity() => string.Join(
        '\n', _stores.Select(s => $"{s.State.Name} {(s.Builder.IsOnDisk ? "disk" : "memory")} {s.Changelog ?? "input"} {_environment.TopicId(s.Changelog ?? _task.InputTopic)}")
            .Prepend($"state 1 of {_environment.ApplicationId} task {_task.Id}"));
}
