using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams;

/// <summary>What a processor may do: forward, store, look up, schedule. Belongs to one task and its thread.</summary>
/// <typeparam name="TKey">Key of what is forwarded.</typeparam>
/// <typeparam name="TValue">Value of what is forwarded.</typeparam>
public sealed class ProcessorContext<TKey, TValue>
{
    private readonly ProcessorNode _node;
    private readonly Downstream<TKey, TValue> _downstream;
    private readonly SideConnection[] _sideOutputs;
    private readonly IReadOnlyList<StoreBuilder> _stores;

    internal ProcessorContext(
        ProcessorNode node, Downstream<TKey, TValue> downstream, SideConnection[] sideOutputs, IReadOnlyList<StoreBuilder> stores)
    {
        _node = node;
        _downstream = downstream;
        _sideOutputs = sideOutputs;
        _stores = stores;
    }

    /// <summary>The task.</summary>
    public TaskId TaskId => _node.Task.Id;

    /// <summary>Partitions of the task's input topic, which is how many tasks its sub-topology has.</summary>
    public int Partitions => _node.Task.Partitions;

    /// <summary>
    /// The task's stream time, Unix ms; null while unknown. The largest event time of its input so far, the record at hand included;
    /// behind a repartition, the minimum of what the upstream tasks announced.
    /// </summary>
    public long? StreamTime => _node.Task.StreamTime;

    /// <summary>The machine's clock, Unix ms.</summary>
    public long WallClock => _node.Task.Now;

    /// <summary>Where the record at hand was read. In a punctuation: the last record.</summary>
    public RecordMetadata Metadata => _node.Task.Metadata;

    /// <summary>Called when a commit begins, after punctuation and before the changelogs are written.</summary>
    internal Action? BeforeCommit
    {
        set => _node.BeforeCommit = value;
    }

    /// <summary>Sends a record to the nodes below; without headers it inherits those of the record at hand.</summary>
    public void Forward(in Record<TKey, TValue> record)
    {
        if (record.InheritsHeaders)
            _downstream.Forward(record.WithHeaders(_node.Headers));
        else
            _downstream.Forward(in record);
    }

    /// <summary>Tells the nodes below of a record that may come soon and will be forwarded as it is, so that they can have fetched what they will look up.</summary>
    public void Prefetch(in Record<TKey, TValue> record) => _downstream.Prefetch(in record);

    /// <summary>As <see cref="Forward{TSideKey, TSideValue}"/>, where nobody has to listen.</summary>
    internal void ForwardIfConnected<TSideKey, TSideValue>(SideOutput<TSideKey, TSideValue> sideOutput, in Record<TSideKey, TSideValue> record)
    {
        foreach (SideConnection connection in _sideOutputs)
        {
            if (ReferenceEquals(connection.Handle, sideOutput))
                Forward(sideOutput, in record);
        }
    }

    /// <summary>Sends a record to the nodes below a side output.</summary>
    /// <exception cref="StreamsException">Nothing is connected to the side output: the record would be lost.</exception>
    public void Forward<TSideKey, TSideValue>(SideOutput<TSideKey, TSideValue> sideOutput, in Record<TSideKey, TSideValue> record)
    {
        foreach (SideConnection connection in _sideOutputs)
        {
            if (ReferenceEquals(connection.Handle, sideOutput))
            {
                connection.Count.Add();
                ((Downstream<TSideKey, TSideValue>)connection.Downstream).Forward(record.InheritsHeaders ? record.WithHeaders(_node.Headers) : record);
                return;
            }
        }

        throw new StreamsException(
            $"Processor '{_node.Name}' forwards to its side output '{sideOutput.Name}', to which nothing is connected. "
            + "Take it by SideOutput(…) of the stream that Process returned, and send it somewhere.");
    }

    /// <summary>The task's part of a store.</summary>
    /// <exception cref="StreamsException">The store was not given to <c>Process</c> with this processor.</exception>
    public KeyValueStore<TStoreKey, TStoreValue> GetStore<TStoreKey, TStoreValue>(StoreBuilder<TStoreKey, TStoreValue> store)
        where TStoreKey : notnull => (KeyValueStore<TStoreKey, TStoreValue>)_node.Task.Store(Connected(store));

    /// <summary>The task's part of a store of windows; from here on it forgets what stream time leaves behind.</summary>
    /// <exception cref="StreamsException">The store was not given to <c>Process</c> with this processor.</exception>
    public WindowStore<TStoreKey, TStoreValue> GetStore<TStoreKey, TStoreValue>(WindowStoreBuilder<TStoreKey, TStoreValue> store)
        where TStoreKey : notnull
    {
        Connected(store);
        WindowStore<TStoreKey, TStoreValue> found = store.Of(_node.Task);
        ForgetWithTime(found.Expire);
        return found;
    }

    /// <summary>The task's part of a store of sessions; from here on it forgets what stream time leaves behind.</summary>
    /// <exception cref="StreamsException">The store was not given to <c>Process</c> with this processor.</exception>
    public SessionStore<TStoreKey, TStoreValue> GetStore<TStoreKey, TStoreValue>(SessionStoreBuilder<TStoreKey, TStoreValue> store)
        where TStoreKey : notnull
    {
        Connected(store);
        SessionStore<TStoreKey, TStoreValue> found = store.Of(_node.Task);
        ForgetWithTime(found.Expire);
        return found;
    }

    /// <summary>The content of a global table.</summary>
    /// <exception cref="StreamsException">The table belongs to another topology.</exception>
    public TableView<TTableKey, TTableValue> GetTable<TTableKey, TTableValue>(GlobalKTable<TTableKey, TTableValue> table)
        where TTableKey : notnull => (TableView<TTableKey, TTableValue>)_node.Task.Table(table, _node.Name);

    /// <summary>The task's part of a table that was given to <c>Process</c> with this processor.</summary>
    /// <exception cref="StreamsException">The table was not given, or is no topic: of an aggregate ask for its store.</exception>
    public TableView<TTableKey, TTableValue> GetTable<TTableKey, TTableValue>(KTable<TTableKey, TTableValue> table)
        where TTableKey : notnull => table.Side is not null && _node.Task.Tables.TryGetValue(table.Side, out TableView? view)
            ? (TableView<TTableKey, TTableValue>)view
            : throw new StreamsException(
                $"Processor '{_node.Name}' asks for table '{table.Name}', which is not followed with its task. "
                + $"Pass it to Process(\"{_node.Name}\", …, stores, [table]); the content of a table that is computed here lies in its store: GetStore(table.Store).");

    /// <summary>
    /// Begins to read the task's own input once more: what the task has processed, from the first record that arrived at <paramref name="fromArrival"/>
    /// or later, up to the task's present position. Each call has a client of its own to the broker until it is disposed: keep to one at a time.
    /// </summary>
    /// <param name="fromArrival">Unix ms. When the log begins later, so does the past, and <see cref="PastInput{TKey, TValue}.Start"/> says so.</param>
    /// <typeparam name="TKeyIn">Key of the sub-topology's source.</typeparam>
    /// <typeparam name="TValueIn">Value of the sub-topology's source.</typeparam>
    /// <exception cref="StreamsException">The source has other types, or reads a repartition topic, which is deleted when it is read.</exception>
    public PastInput<TKeyIn, TValueIn> ReadPast<TKeyIn, TValueIn>(long fromArrival) => _node.Task.Past.Open<TKeyIn, TValueIn>(_node.Name, PastRequest.From(fromArrival));

    /// <summary>
    /// Begins to read single records of the task's own input once more. What lies between two of them is read only where that is less than asking the broker
    /// again. Each call has a client of its own to the broker until it is disposed: ask for many at once, and keep to one call at a time.
    /// </summary>
    /// <param name="offsets">
    /// Offsets of records that the task has processed, in any order; they are handed over in the log's. One that is not there any more is left out, and so is one
    /// that the task has not come to.
    /// </param>
    /// <typeparam name="TKeyIn">Key of the sub-topology's source.</typeparam>
    /// <typeparam name="TValueIn">Value of the sub-topology's source.</typeparam>
    /// <exception cref="StreamsException">The source has other types, or reads a repartition topic, which is deleted when it is read.</exception>
    public PastInput<TKeyIn, TValueIn> ReadPast<TKeyIn, TValueIn>(IEnumerable<long> offsets)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        return _node.Task.Past.Open<TKeyIn, TValueIn>(_node.Name, PastRequest.At(offsets));
    }

    /// <summary>
    /// Calls <paramref name="action"/> with the clock's time (Unix ms) when the clock passes a multiple of <paramref name="interval"/>;
    /// once, however many it passed. By stream time the first call comes as soon as stream time is known; by wall clock after one interval.
    /// </summary>
    public Punctuation Schedule(TimeSpan interval, PunctuationType type, Action<long> action) => _node.Schedule(interval, type, action);

    private StoreBuilder Connected(StoreBuilder store) => _stores.Contains(store)
        ? store
        : throw new StreamsException(
            $"Processor '{_node.Name}' asks for store '{store.Name}', which is not connected to it. "
            + $"Pass the handle to Process(\"{_node.Name}\", …, {store.Name}); WithChangelog makes a new handle.");

    /// <summary>Whenever stream time moves; when nothing has ended, that is one look at a queue.</summary>
    private void ForgetWithTime(Action<long> expire) => _node.Schedule(TimeSpan.FromMilliseconds(1), PunctuationType.StreamTime, expire);
}
