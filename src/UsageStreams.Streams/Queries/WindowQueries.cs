using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Queries;

/// <summary>Reads of windowed stores.</summary>
public static class WindowQueries
{
    /// <summary>
    /// The windows of a key that share some time with <paramref name="from"/> up to and without <paramref name="to"/> (Unix ms), oldest first.
    /// Of the task that has the key only; looks at every key of that task.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The key lives elsewhere, or its task can't answer now; tells where to ask.</exception>
    public static async Task<EntriesResult<Windowed<TKey>, TValue>> FetchAsync<TKey, TValue>(
        this StoreQuery<Windowed<TKey>, TValue> store, TKey key, long from, long to, int limit = 100_000, CancellationToken cancellationToken = default)
        where TKey : notnull
    {
        EqualityComparer<TKey> equality = EqualityComparer<TKey>.Default;
        EntriesResult<Windowed<TKey>, TValue> found = await store.WhereInTaskOfAsync(
            new Windowed<TKey>(key, default),
            windowed => equality.Equals(windowed.Key, key) && windowed.Window.Start < to && from < windowed.Window.End,
            limit,
            cancellationToken);
        return found with { Entries = [.. found.Entries.OrderBy(static entry => entry.Key.Window.Start)] };
    }
}
