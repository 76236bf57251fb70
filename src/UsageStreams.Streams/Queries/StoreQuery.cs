using UsageStreams.Streams.Internal.Queries;

namespace UsageStreams.Streams.Queries;

/// <summary>
/// Reads a store of this instance. A query runs on the thread that owns the store, between two batches of records: it sees each record wholly or not
/// at all, and costs the records nothing. Immutable: each <c>With…</c> gives a changed copy.
/// </summary>
/// <remarks>
/// Answers hold what is processed, which a failure may still undo and process again: after it the same answer comes anew. What must never be seen
/// and then undone is asked for by <see cref="WithCommittedOnly"/>. Values that are objects are copied by the store's serde, so they are the caller's own.
/// An idle thread looks for queries every 100 ms, or every <see cref="StreamsOptions.CommitInterval"/> where that is less.
/// </remarks>
public sealed class StoreQuery<TKey, TValue>
    where TKey : notnull
{
    private static readonly Comparer<string> OrdinalText = Comparer<string>.Create(string.CompareOrdinal);

    private readonly StoreRouter _router;
    private readonly StoreBuilder<TKey, TValue> _store;

    internal StoreQuery(StoreRouter router, StoreBuilder<TKey, TValue> store)
    {
        _router = router;
        _store = store;
    }

    private StoreQuery(StoreQuery<TKey, TValue> other)
        : this(other._router, other._store) => (CommittedOnly, MaxLag, Partitioner) = (other.CommittedOnly, other.MaxLag, other.Partitioner);

    private bool CommittedOnly { get; init; }

    private long? MaxLag { get; init; }

    private Partitioner<TKey>? Partitioner { get; init; }

    /// <summary>Answers right after a commit, so that what is answered is never undone. Waits for the next one: up to the commit interval and the commit itself.</summary>
    public StoreQuery<TKey, TValue> WithCommittedOnly() => new(this) { CommittedOnly = true };

    /// <summary>Refuses to answer when the task is more than <paramref name="offsets"/> behind the end of its input, or does not know.</summary>
    public StoreQuery<TKey, TValue> WithMaxLag(long offsets) => new(this) { MaxLag = ArgumentNotNegative(offsets) };

    /// <summary>
    /// Says which partition a key is in. Needed where the store's keys are not the keys of the sub-topology's input, or where others write the input
    /// with a partitioner of their own; the default is that of the repartition, or murmur2 of the key's bytes.
    /// </summary>
    public StoreQuery<TKey, TValue> WithPartitioner(Partitioner<TKey> partitioner) => new(this) { Partitioner = partitioner };

    /// <summary>Looks a key up, in the task that has it.</summary>
    /// <exception cref="StoreUnavailableException">The key lives elsewhere, or its task can't answer now; tells where to ask.</exception>
    /// <exception cref="StreamsException">It can't be known which partition the key is in; see <see cref="WithPartitioner"/>.</exception>
    public async Task<KeyResult<TValue>> GetAsync(TKey key, CancellationToken cancellationToken = default)
    {
        TaskId task = _router.TaskOf(_store, key, Partitioner);
        ((bool found, TValue? value), StorePosition at) = await AskAsync(task, Get, cancellationToken);
        return new KeyResult<TValue>(found, value, at);

        (bool Found, TValue? Value) Get(KeyValueStore<TKey, TValue> store) => store.TryGet(key, out TValue? value) ? (true, _store.Copy(value)) : default;
    }

    /// <summary>Every key and value of the tasks on this instance, in no particular order.</summary>
    /// <param name="limit">Entries of one task at most: the task processes nothing while they are copied.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StoreUnavailableException">There are more, or a task can't answer now.</exception>
    public Task<EntriesResult<TKey, TValue>> AllAsync(int limit = 100_000, CancellationToken cancellationToken = default) =>
        WhereAsync(static _ => true, limit, cancellationToken);

    /// <summary>The keys from <paramref name="from"/> up to and without <paramref name="to"/>, in order, of the tasks on this instance. Looks at every key.</summary>
    /// <exception cref="StoreUnavailableException">There are more than <paramref name="limit"/> in one task, or a task can't answer now.</exception>
    public async Task<EntriesResult<TKey, TValue>> RangeAsync(TKey from, TKey to, int limit = 100_000, CancellationToken cancellationToken = default)
    {
        Comparer<TKey> order = OrderOfKeys();
        EntriesResult<TKey, TValue> found = await WhereAsync(key => order.Compare(key, from) >= 0 && order.Compare(key, to) < 0, limit, cancellationToken);
        return found with { Entries = [.. found.Entries.OrderBy(static entry => entry.Key, order)] };
    }

    /// <summary>The keys that <paramref name="predicate"/> picks, of the tasks on this instance. Looks at every key, on the tasks' threads.</summary>
    /// <exception cref="StoreUnavailableException">There are more than <paramref name="limit"/> in one task, or a task can't answer now.</exception>
    public async Task<EntriesResult<TKey, TValue>> WhereAsync(Func<TKey, bool> predicate, int limit = 100_000, CancellationToken cancellationToken = default)
    {
        (List<KeyValuePair<TKey, TValue>> Entries, StorePosition At)[] parts = await Task.WhenAll(
            _router.LocalTasks(_store).Select(task => AskAsync(task, store => Copy(store, predicate, limit), cancellationToken)));
        return new EntriesResult<TKey, TValue>([.. parts.SelectMany(static p => p.Entries)], [.. parts.Select(static p => p.At)]);
    }

    /// <summary>Number of keys in each task on this instance.</summary>
    /// <exception cref="StoreUnavailableException">A task can't answer now.</exception>
    public async Task<IReadOnlyDictionary<TaskId, int>> CountAsync(CancellationToken cancellationToken = default)
    {
        (int Count, StorePosition At)[] parts = await Task.WhenAll(
            _router.LocalTasks(_store).Select(task => AskAsync(task, static store => store.Count, cancellationToken)));
        return parts.ToDictionary(static p => p.At.Task, static p => p.Count);
    }

    /// <summary>As <see cref="WhereAsync"/>, of the task that has <paramref name="key"/>.</summary>
    internal async Task<EntriesResult<TKey, TValue>> WhereInTaskOfAsync(TKey key, Func<TKey, bool> predicate, int limit, CancellationToken cancellationToken)
    {
        (List<KeyValuePair<TKey, TValue>> entries, StorePosition at) = await AskAsync(
            _router.TaskOf(_store, key, Partitioner), store => Copy(store, predicate, limit), cancellationToken);
        return new EntriesResult<TKey, TValue>(entries, [at]);
    }

    private Task<(TResult Result, StorePosition At)> AskAsync<TResult>(
        TaskId task, Func<KeyValueStore<TKey, TValue>, TResult> read, CancellationToken cancellationToken)
    {
        var query = new StoreTaskQuery<KeyValueStore<TKey, TValue>, TResult>(task, _store, read, CommittedOnly, MaxLag, cancellationToken);
        _router.Send(query);
        return query.Answered.WaitAsync(cancellationToken);
    }

    private List<KeyValuePair<TKey, TValue>> Copy(KeyValueStore<TKey, TValue> store, Func<TKey, bool> predicate, int limit)
    {
        var entries = new List<KeyValuePair<TKey, TValue>>();
        foreach ((TKey key, TValue value) in store.All)
        {
            if (!predicate(key))
                continue;
            if (entries.Count == limit)
            {
                throw new StoreUnavailableException(
                    StoreUnavailableReason.TooManyEntries, _store.Name, $"Store '{_store.Name}' has more than {limit} such entries in one task. Ask for fewer, or give a larger limit.");
            }

            entries.Add(KeyValuePair.Create(key, _store.Copy(value)));
        }

        return entries;
    }

    private Comparer<TKey> OrderOfKeys() => typeof(IComparable<TKey>).IsAssignableFrom(typeof(TKey))
        ? typeof(TKey) == typeof(string) ? (Comparer<TKey>)(object)OrdinalText : Comparer<TKey>.Default
        : throw new StreamsException($"Keys of store '{_store.Name}' are {typeof(TKey).Name}, which has no order. Let it implement IComparable<{typeof(TKey).Name}>, or use WhereAsync.");

    private static long ArgumentNotNegative(long offsets)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offsets);
        return offsets;
    }
}
