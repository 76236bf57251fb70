using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Internal.Faults;
using UsageStreams.Streams.Internal.Graph;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Testing.Internal;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Testing;

/// <summary>
/// Runs a topology without a broker: the runtime's own tasks, serdes and commit order on one thread, with a clock moved by hand.
/// </summary>
/// <remarks>
/// Pipe records into a <see cref="TestInputTopic{TKey, TValue}"/>; read committed output from a <see cref="TestOutputTopic{TKey, TValue}"/>.
/// A commit makes everything visible at once, and what it wrote to repartition topics is then read and committed in turn, until nothing
/// is left to read. <see cref="Restart"/> is a crash: what was not committed is lost and read again. So is what a record that failed had begun, if
/// its topology decides to leave it out.
/// </remarks>
public sealed class TopologyTestDriver : IDisposable
{
    private readonly Topology _topology;
    private readonly TopologyTestDriverOptions _options;
    private readonly TestCluster _cluster;
    private readonly Dictionary<TaskId, long> _committed = [];
    private readonly FaultTally _tally;
    private ThreadFaults _faults;
    private TestCollector _collector;
    private List<(string Topic, TableFaults Table)> _tables = [];
    private List<RunningTask> _tasks = [];

    /// <summary>Starts the topology.</summary>
    public TopologyTestDriver(Topology topology, TopologyTestDriverOptions? options = null)
    {
        _topology = topology;
        _options = options ?? new TopologyTestDriverOptions();
        _cluster = new TestCluster(topology, _options);
        _collector = new TestCollector(_cluster, _options.Clock);
        _tally = new FaultTally();
        _faults = NewFaults();
        Start();
    }

    /// <summary>The clock.</summary>
    public ManualTimeProvider Clock => _options.Clock;

    /// <summary>Committed decisions about records that failed.</summary>
    public IReadOnlyList<FaultCount> Faults => _tally.Snapshot();

    /// <summary>How often everything since the last commit was dropped and read again because a record failed after it had changed or sent something.</summary>
    public long FaultRollbacks => _tally.RolledBack;

    /// <summary>Pipes into a source topic, the topic of a global table, or an internal one.</summary>
    public TestInputTopic<TKey, TValue> CreateInputTopic<TKey, TValue>(string topic, ISerde<TKey> keySerde, ISerde<TValue> valueSerde) =>
        new(this, _cluster[topic].Name, keySerde, valueSerde);

    /// <summary>Reads a sink topic, a changelog, or an internal topic, from its beginning.</summary>
    public TestOutputTopic<TKey, TValue> CreateOutputTopic<TKey, TValue>(string topic, ISerde<TKey> keySerde, ISerde<TValue> valueSerde) =>
        new(_cluster[topic], keySerde, valueSerde);

    /// <summary>Commits, and reads and commits what that made visible, until nothing is left to read.</summary>
    public void Commit()
    {
        do
        {
            foreach (RunningTask running in _tasks)
                running.Task.PrepareCommit();
            foreach (RunningTask running in _tasks)
            {
                running.Task.Committed(running.Position);
                _committed[running.Task.Id] = running.Position;
            }

            foreach ((TestTopic topic, StoredRecord record) in _collector.Commit())
                Append(topic, record);
        }
        while (ReadAll());
    }

    /// <summary>Moves the clock and runs what is due: punctuations, idleness; then commits.</summary>
    public void AdvanceWallClock(TimeSpan by)
    {
        Clock.Advance(by);
        foreach (RunningTask running in _tasks)
            running.Task.Punctuate();
        Commit();
    }

    /// <summary>
    /// A crash and a start: tasks are dropped with everything that was not committed, stores are restored from their changelogs, and the
    /// records after the last commit are read again.
    /// </summary>
    public void Restart()
    {
        _faults = NewFaults();
        DropUncommitted();
    }

    /// <summary>A store's state in the task of <paramref name="partition"/>, uncommitted changes included.</summary>
    public KeyValueStore<TKey, TValue> GetStore<TKey, TValue>(StoreBuilder<TKey, TValue> store, int partition = 0)
        where TKey : notnull => (KeyValueStore<TKey, TValue>)TaskWith(store, partition).Store(store);

    /// <summary>A store of windows in the task of <paramref name="partition"/>, uncommitted changes included.</summary>
    public WindowStore<TKey, TValue> GetStore<TKey, TValue>(WindowStoreBuilder<TKey, TValue> store, int partition = 0)
        where TKey : notnull => store.Of(TaskWith(store, partition));

    /// <summary>A store of sessions in the task of <paramref name="partition"/>, uncommitted changes included.</summary>
    public SessionStore<TKey, TValue> GetStore<TKey, TValue>(SessionStoreBuilder<TKey, TValue> store, int partition = 0)
        where TKey : notnull => store.Of(TaskWith(store, partition));

    /// <summary>A task's stream time, Unix ms; null while unknown.</summary>
    public long? StreamTime(string subTopology, int partition = 0) => TaskOf(new TaskId(subTopology, partition)).StreamTime;

    /// <summary>Closes the processors. Nothing is committed.</summary>
    public void Dispose()
    {
        foreach (RunningTask running in _tasks)
            running.Task.Close();
        _tasks.Clear();
    }

    internal void Pipe(string topic, int? partition, byte[]? key, byte[]? value, RecordHeaders headers)
    {
        TestTopic target = _cluster[topic];
        int chosen = partition ?? (key is null ? 0 : Partitioners.Murmur2(key, target.PartitionCount));
        if ((uint)chosen >= (uint)target.PartitionCount)
            throw new ArgumentOutOfRangeException(nameof(partition), chosen, $"Topic '{topic}' has {target.PartitionCount} partitions.");
        Append(target, new StoredRecord(chosen, key, value, headers, Clock.GetUtcNow().ToUnixTimeMilliseconds()));
        ReadAll();
        if (_options.CommitAfterEachRecord)
            Commit();
    }

    private ThreadFaults NewFaults() => new(NullLogger.Instance, Clock, new FaultMemory(), _tally);

    private void DropUncommitted()
    {
        _collector = new TestCollector(_cluster, _options.Clock);
        Start();
    }

    private void Start()
    {
        var views = _topology.GlobalTables.ToDictionary(static t => t, static t => t.CreateView());
        _tables = [.. views.Select(v => (v.Key.Topic, new TableFaults(v.Value, v.Key.Topic, v.Key.Faults!, _faults)))];
        foreach ((string topic, TableFaults table) in _tables)
        {
            for (int partition = 0; partition < _cluster[topic].PartitionCount; partition++)
                Restore(table, _cluster[topic], partition);
        }

        var environment = new TaskEnvironment(_options.ApplicationId, _collector, Clock, _options.IdleTimeout, views) { Faults = _faults, OpenPast = OpenPast };
        _tasks = [];
        foreach (SubTopologyGraph graph in _topology.Graphs)
        {
            TestTopic input = _cluster[graph.Source.Topic!.Value.Resolve(_options.ApplicationId)];
            for (int partition = 0; partition < input.PartitionCount; partition++)
                _tasks.Add(Restore(new StreamTask(graph, partition, input.PartitionCount, environment), input));
        }

        ReadAll();
    }

    private RunningTask Restore(StreamTask task, TestTopic input)
    {
        long position = _committed.GetValueOrDefault(task.Id);
        _ = task.State.TryOpen();
        foreach (CatchUpPartition partition in task.State.PlanFor(position).Partitions)
            Read(partition);
        task.State.Restored(complete: true);
        var followed = new List<(string Topic, TableFaults Table)>();
        foreach ((SideTable table, TableView view) in task.Tables)
        {
            var faults = new TableFaults(view, table.Topic, table.Faults!, _faults);
            Restore(faults, _cluster[table.Topic], task.Id.Partition);
            followed.Add((table.Topic, faults));
        }

        task.Start(position);
        return new RunningTask(task, input.Partition(task.Id.Partition), position, followed);
    }

    private TestPastReader OpenPast(TopicPartition partition, PastRequest request) => new(_cluster[partition.Topic].Partition(partition.Partition.Value), request);

    private static void Restore(TableFaults table, TestTopic topic, int partition)
    {
        IReadOnlyList<StoredRecord> records = topic.Partition(partition);
        for (int offset = 0; offset < records.Count; offset++)
            table.Update(partition, records[offset].ToInput(offset));
    }

    private void Read(CatchUpPartition partition)
    {
        IReadOnlyList<StoredRecord> records = _cluster[partition.Partition.Topic].Partition(partition.Partition.Partition.Value);
        if (partition.Until < records.Count)
            partition.FallenBehindTo(records[(int)partition.Until.Value].Timestamp);
        partition.Begin(partition.From, partition.Until ?? records.Count);
        while (!partition.IsDone)
        {
            StoredRecord record = records[(int)partition.Position];
            if (record.Timestamp >= (partition.Since ?? 0))
                partition.Take(record.ToInput(partition.Position));
            else
                partition.Reached(partition.Position + 1);
        }
    }

    private void Append(TestTopic topic, StoredRecord record)
    {
        long offset = topic.Append(record);
        foreach ((string name, TableFaults table) in _tables)
        {
            if (name == topic.Name)
                table.Update(record.Partition, record.ToInput(offset));
        }

        foreach (RunningTask running in _tasks)
            running.Follow(topic, record, offset);
    }

    private bool ReadAll()
    {
        try
        {
            return ReadOnce();
        }
        catch (TransactionFailure)
        {
            // A record is left out that had changed or sent something: as the runtime does, begin again from the last commit.
            DropUncommitted();
            return true;
        }
    }

    private bool ReadOnce()
    {
        bool any = false;
        foreach (RunningTask running in _tasks)
        {
            if (!running.Read())
                continue;
            any = true;
            running.Task.Punctuate();
        }

        return any;
    }

    private StreamTask TaskWith(StoreBuilder store, int partition) => _topology.Graphs.FirstOrDefault(g => g.Stores.Contains(store)) is { } graph
        ? TaskOf(new TaskId(graph.Name, partition))
        : throw new StreamsException($"The topology has no store '{store.Name}' by this handle; WithChangelog makes a new one.");

    private StreamTask TaskOf(TaskId id) => _tasks.Find(t => t.Task.Id == id)?.Task
        ?? throw new StreamsException($"There is no task {id}. There are: {string.Join(", ", _tasks.Select(static t => t.Task.Id))}.");
}
