using System.Buffers;
using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Internal.Faults;
using UsageStreams.Streams.Internal.Graph;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.State;
using UsageStreams.Streams.Internal.Telemetry;

namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>
/// One sub-topology on one partition: made, restored, started, fed, committed, closed; the same in the runtime and in the test driver.
/// </summary>
internal sealed class StreamTask
{
    private readonly TaskEnvironment _environment;
    private readonly Dictionary<StoreBuilder, TaskStore> _stores = [];
    private readonly Dictionary<StoreBuilder, object> _views = [];
    private readonly Dictionary<SideTable, TableView> _tables = [];
    private readonly SourceNode _source;
    private readonly List<ProcessorNode> _processors;
    private readonly List<Action> _combiners;
    private readonly List<WatermarkAnnouncer> _announcers = [];
    private readonly StateStore[] _states;
    private readonly TableView[] _lookedUp;
    private long _start;
    private bool _isBetweenRecords;

    public StreamTask(SubTopologyGraph subTopology, int partition, int partitions, TaskEnvironment environment)
    {
        _environment = environment;
        Id = new TaskId(subTopology.Name, partition);
        Partitions = partitions;
        InputTopic = Resolve(subTopology.Source.Topic!.Value);
        Metadata = new RecordMetadata(InputTopic, partition, -1, 0);
        foreach (StoreBuilder builder in subTopology.Stores)
            _stores.Add(builder, new TaskStore(builder.Create(), builder, builder.Changelog(environment.ApplicationId)));
        _states = [.. _stores.Values.Select(static s => s.State)];
        foreach (SideTable table in subTopology.Tables)
            _tables.Add(table, table.CreateView());
        _lookedUp = [.. _tables.Values, .. environment.Tables.Values];
        State = new TaskState(this, environment, [.. _stores.Values], subTopology.Source.CreateReplayer([.. _stores.Values]));
        Past = new PastInputs(this, subTopology.Source, environment.OpenPast);
        Time = new StreamTime(subTopology, this);
        Faults = new TaskFaults(this, subTopology.Faults, environment.Faults);
        var scope = new TaskScope(this);
        SourceNode source = subTopology.Source.Create(scope);
        _source = Faults.DecidesOnRecords ? new FaultGuard(subTopology.Name, source, this, Faults) : source;
        // A scope makes the nodes below before the node itself. From the top down, what one sends at a commit or punctuation reaches the next in time.
        _processors = scope.Processors;
        _processors.Reverse();
        _combiners = scope.Combiners;
        foreach (IGrouping<TopicName, SinkDefinition> sinks in subTopology.Sinks.GroupBy(static s => s.Topic))
        {
            TimeSpan? granularity = sinks.Min(static s => s.Watermarks);
            if (granularity is not null && subTopology.IsTimed)
                _announcers.Add(new WatermarkAnnouncer(this, partitions, Resolve(sinks.Key), granularity.Value));
        }
    }

    public TaskId Id { get; }

    /// <summary>Of the input topic.</summary>
    public int Partitions { get; }

    public string InputTopic { get; }

    public RecordMetadata Metadata { get; private set; }

    public StreamTime Time { get; }

    /// <summary>What is read of the input once more.</summary>
    public PastInputs Past { get; }

    public TaskFaults Faults { get; }

    public long? StreamTime => Time.Current;

    public RecordCollector Collector => _environment.Collector;

    public ArrayBufferWriter<byte> Keys { get; } = new();

    public ArrayBufferWriter<byte> Values { get; } = new();

    public TaskState State { get; }

    public IReadOnlyCollection<TaskStore> Stores => _stores.Values;

    public SideOutputCounts SideOutputs => _environment.SideOutputs;

    /// <summary>The tables whose partition is followed with the task's, restored before its start.</summary>
    public IReadOnlyDictionary<SideTable, TableView> Tables => _tables;

    /// <summary>Records that were put into something that is sent at a commit.</summary>
    public long HeldBack { get; set; }

    /// <summary>Grows whenever a record leaves something behind: output, held back or sent, or in a store.</summary>
    public long Traces
    {
        get
        {
            long traces = Collector.Sent + HeldBack;
            foreach (StateStore state in _states)
                traces += state.Touches;
            return traces;
        }
    }

    /// <summary>Records taken, watermarks included.</summary>
    public long Consumed { get; private set; }

    /// <summary>Where reading goes on after what was processed; null when nothing was processed since the last commit.</summary>
    public long? NextOffset { get; private set; }

    /// <summary>Everything of the input below this offset is processed, the record at hand included.</summary>
    public long Position => Math.Max(_start, Metadata.Offset + 1);

    /// <summary>Unix ms.</summary>
    public long Now => _environment.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public string Resolve(TopicName topic) => topic.Resolve(_environment.ApplicationId);

    /// <summary>The task is restored: processors may look at their stores now.</summary>
    /// <param name="position">The committed offset; negative when nothing was committed.</param>
    public void Start(long position)
    {
        _start = Math.Max(0, position);
        Time.Load(Now);
        _source.Start();
        foreach (ProcessorNode processor in _processors)
            processor.Init();
    }

    /// <summary>Whether it gains by <see cref="ReadAhead"/>.</summary>
    public bool ReadsAhead => _source.ReadsAhead;

    /// <summary>
    /// Reads a record that will be processed soon, so that what will be looked up for it is on its way from memory. Up to <see cref="SourceNode.AheadLimit"/> of
    /// them, then <see cref="FetchEntries"/>, then <see cref="Process"/> for each.
    /// </summary>
    public void ReadAhead(in InputRecord input)
    {
        // A watermark has no key.
        if (ReadsAhead && input.HasKey)
            _source.ReadAhead(in input);
    }

    /// <summary>Tells that a source reads no more records ahead, because what a node below did for one of them failed.</summary>
    public void StopReadingAhead(string source, long offset, Exception cause) => _environment.Logger.ReadsNoLongerAhead(cause, source, Id, offset);

    /// <summary>Second step of reading ahead, when all have had the first.</summary>
    public void FetchEntries()
    {
        foreach (StateStore state in _states)
            state.FetchEntries();
        foreach (TableView view in _lookedUp)
            view.FetchEntries();
    }

    public void Process(in InputRecord input)
    {
        if (input.Headers.Count > 0 && StreamsTraces.IsOn)
            StreamsTraces.Process(this, in input);
        else
            Take(in input);
    }

    /// <summary>As <see cref="Process"/>, which traces it where somebody wants that.</summary>
    public void Take(in InputRecord input)
    {
        Metadata = MetadataOf(in input);
        Time.Heard();
        if (!input.HasKey && !input.HasValue && Watermark.IsWatermark(input.Headers))
            TakeWatermark(in input);
        else
            _source.Process(in input);
        NextOffset = input.Offset + 1;
        Consumed++;
    }

    /// <summary>Where a record of the input stands.</summary>
    public RecordMetadata MetadataOf(in InputRecord input) => new(InputTopic, Id.Partition, input.Offset, input.Arrival);

    /// <summary>The input has been read to its end.</summary>
    public void CaughtUp() => Time.CaughtUp();

    /// <summary>Whether nothing is read and no punctuation runs. Not idle, however long it is silent: what it has still to read counts.</summary>
    public bool IsPaused { get; private set; }

    public void Pause() => IsPaused = true;

    public void Resume()
    {
        IsPaused = false;
        Time.Heard();
    }

    /// <summary>Runs what is due. Called between batches.</summary>
    public void Punctuate()
    {
        if (IsPaused)
            return;
        Punctuate(PunctuationType.WallClock, Now);
        if (StreamTime is { } streamTime)
            Punctuate(PunctuationType.StreamTime, streamTime);
    }

    /// <summary>Sends everything that the commit must hold: punctuation, combined records, changelogs, then watermarks.</summary>
    public void PrepareCommit()
    {
        Punctuate();
        _isBetweenRecords = true;
        foreach (ProcessorNode processor in _processors)
            processor.PrepareCommit();
        foreach (Action flush in _combiners)
            flush();
        _isBetweenRecords = false;
        bool idle = Time.CheckIdle(Now, _environment.IdleTimeout) && !IsPaused;
        Time.Save();
        State.Flush();
        foreach (WatermarkAnnouncer announcer in _announcers)
            announcer.Announce(StreamTime, idle);
    }

    /// <summary>What was prepared is committed, and the input below <paramref name="position"/> with it; null while nothing of it was read.</summary>
    public void Committed(long? position)
    {
        Faults.Committed(position);
        NextOffset = null;
        State.Committed(position);
    }

    /// <summary>Closes the processors, and gives the state up.</summary>
    public void Close()
    {
        try
        {
            foreach (ProcessorNode processor in _processors)
                processor.Close();
        }
        finally
        {
            Past.Dispose();
            State.Dispose();
        }
    }

    public StateStore Store(StoreBuilder builder) => _stores.TryGetValue(builder, out TaskStore? store)
        ? store.State
        : throw new StreamsException($"Sub-topology '{Id.SubTopology}' has no store '{builder.Name}'.");

    /// <summary>What looks at a store in its own way: made once in a task, so that all of its processors see the same.</summary>
    public TView View<TView>(StoreBuilder builder, Func<TView> create)
        where TView : class
    {
        if (!_views.TryGetValue(builder, out object? view))
            _views.Add(builder, view = create());
        return (TView)view;
    }

    public TableView Table(GlobalKTable table, string node) => _environment.Tables.TryGetValue(table, out TableView? view)
        ? view
        : throw new StreamsException(
            $"Processor '{node}' asks for global table '{table.Name}', which this topology does not have. Make it by GlobalTable of the same builder.");

    public ProcessingException Failure(string node, Exception cause)
    {
        bool hasRecord = !_isBetweenRecords && Metadata.Offset >= 0;
        string place = hasRecord ? $"at {Metadata}" : $"in a punctuation or commit after {Metadata}";
        return new ProcessingException(
            $"Node '{node}' of task {Id} failed {place}: {cause.Message} Nothing was committed beyond the last commit; "
            + "correct the code or the record and start again.",
            node, Id, hasRecord ? Metadata : null, cause);
    }

    private void TakeWatermark(in InputRecord input)
    {
        if (Watermark.TryParse(input.Headers, out Watermark watermark, out string cause))
            Time.Take(watermark);
        else
            _source.Reject(in input, UndecodableReason.Watermark, cause);
    }

    private void Punctuate(PunctuationType type, long now)
    {
        _isBetweenRecords = true;
        foreach (ProcessorNode processor in _processors)
            Punctuate(processor, type, now);
        _isBetweenRecords = false;
    }

    private void Punctuate(ProcessorNode processor, PunctuationType type, long now)
    {
        long traces = Traces;
        try
        {
            processor.Punctuate(type, now);
        }
        catch (ProcessingException e)
        {
            if (!Faults.MayGoOn(e, Traces != traces))
                throw;
        }
    }
}

/// <summary>A store of a task.</summary>
/// <param name="State">Its content.</param>
/// <param name="Builder">Its description.</param>
/// <param name="Changelog">Its changelog; null when it is made of the input.</param>
internal sealed record TaskStore(StateStore State, StoreBuilder Builder, string? Changelog);
