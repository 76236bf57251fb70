using System.Diagnostics.CodeAnalysis;
using UsageStreams.Streams.Internal.State;

namespace UsageStreams.Streams;

/// <summary>Values by key of one task. Changes reach the changelog at the next commit: the last value per key, once.</summary>
/// <remarks>
/// A value is serialised at the commit, not when it is put: a value that is changed in place after its <see cref="Put"/> is written as it is then.
/// While <see cref="All"/> is enumerated, present keys may be put and deleted; adding a key ends the enumeration with an error.
/// </remarks>
public abstract class KeyValueStore<TKey, TValue> : StateStore
    where TKey : notnull
{
    private protected KeyValueStore(string name)
        : base(name)
    {
    }

    /// <summary>Every key and value, in no particular order.</summary>
    public abstract IEnumerable<KeyValuePair<TKey, TValue>> All { get; }

    /// <summary>Looks a key up.</summary>
    public abstract bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value);

    /// <summary>The value of a key, or the type's default.</summary>
    public TValue? Get(TKey key) => TryGet(key, out TValue? value) ? value : default;

    /// <summary>Sets the value of a key.</summary>
    /// <exception cref="ArgumentNullException">The value is null: a missing value is said by <see cref="Delete"/>.</exception>
    public abstract void Put(TKey key, TValue value);

    /// <summary>Sets the value of a key that has none.</summary>
    /// <returns>False when it has one, which stays.</returns>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public abstract bool TryAdd(TKey key, TValue value);

    /// <summary>Says that a key will be looked up soon, so that its place in memory can be fetched meanwhile. Changes nothing; where it would gain nothing it does nothing.</summary>
    public virtual void Prefetch(TKey key)
    {
    }

    /// <summary>Removes a key.</summary>
    /// <returns>False when it was not there.</returns>
    public abstract bool Delete(TKey key);

    /// <summary>
    /// The mark of a key that has changed since the last flush: a number that whoever asked to <see cref="StateStore.KeepMarks"/> may set, and that is 0 until then.
    /// A null reference when it has not changed. So that what belongs to a change is found with the key, and not in a table beside the store's.
    /// </summary>
    internal abstract ref int MarkOf(TKey key);

    /// <summary>
    /// Where the key is that was touched last. Set to what it was then before the same key is touched again, it spares the search; another's, or that of a key that
    /// has gone, does no harm.
    /// </summary>
    internal virtual int Hint
    {
        get => 0;
        set => _ = value;
    }

    /// <summary>Fetches what <see cref="Hint"/> says, for when it is set to that soon.</summary>
    internal virtual void PrefetchHint(int hint)
    {
    }

    /// <summary>Looks at some keys, the next each time, and takes those away whose value is expired. Where looking is dear it does nothing.</summary>
    internal abstract void Sweep(int budget, Func<TValue, bool> isExpired);

    /// <summary>Forgets a record of the log without a word to the log or the changelog.</summary>
    /// <returns>False when it can't be, because its key has changed since the last commit.</returns>
    internal abstract bool TryEvict(in LogRecord record);

    private protected ArgumentNullException NoNulls(string parameter) => new(parameter, $"Store '{Name}' holds no nulls; delete the key instead.");
}
