using System.Diagnostics.CodeAnalysis;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Windows;

/// <summary>Values by key and session: windows of any length, found by what they overlap.</summary>
public sealed class SessionStore<TKey, TValue> : WindowedStore<TKey, TValue>
    where TKey : notnull
{
    internal SessionStore(KeyValueStore<Windowed<TKey>, TValue> store, StreamTask task, long retention)
        : base(store, task, retention)
    {
    }

    /// <summary>Sets the value of a session.</summary>
    /// <returns>False when stream time has left the session behind: nothing is stored then.</returns>
    public bool Put(TKey key, TimeWindow session, TValue value) => Set(new Windowed<TKey>(key, session), value);

    /// <summary>Looks a session up.</summary>
    public bool TryGet(TKey key, TimeWindow session, [MaybeNullWhen(false)] out TValue value) => Find(new Windowed<TKey>(key, session), out value);

    /// <summary>Removes a session.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Remove(TKey key, TimeWindow session) => Delete(new Windowed<TKey>(key, session));

    /// <summary>
    /// A key's sessions that overlap the span from <paramref name="from"/> (included) to <paramref name="to"/> (not included), in the order of their
    /// starts. It is a copy: the sessions may be removed or replaced while it is gone through.
    /// </summary>
    /// <param name="key">Key.</param>
    /// <param name="from">Unix ms.</param>
    /// <param name="to">Unix ms.</param>
    public IReadOnlyList<KeyValuePair<TimeWindow, TValue>> FindSessions(TKey key, long from, long to)
    {
        var found = new List<KeyValuePair<TimeWindow, TValue>>();
        foreach (TimeWindow session in WindowsOf(key))
        {
            if (session.Start >= to)
                break;
            if (session.End > from && TryGet(key, session, out TValue? value))
                found.Add(KeyValuePair.Create(session, value));
        }

        return found;
    }
}
