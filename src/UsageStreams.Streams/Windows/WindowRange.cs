using System.Collections;

namespace UsageStreams.Streams.Windows;

/// <summary>A key's windows and their values in the order of time. Enumerated by foreach without an allocation.</summary>
public readonly struct WindowRange<TKey, TValue> : IEnumerable<KeyValuePair<TimeWindow, TValue>>
    where TKey : notnull
{
    private readonly WindowedStore<TKey, TValue> _store;
    private readonly TKey _key;
    private readonly List<TimeWindow> _windows;
    private readonly int _first;
    private readonly long _to;

    internal WindowRange(WindowedStore<TKey, TValue> store, TKey key, List<TimeWindow> windows, int first, long to)
    {
        _store = store;
        _key = key;
        _windows = windows;
        _first = first;
        _to = to;
    }

    /// <summary>Begins with the earliest.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <inheritdoc/>
    IEnumerator<KeyValuePair<TimeWindow, TValue>> IEnumerable<KeyValuePair<TimeWindow, TValue>>.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Goes from window to window.</summary>
    public struct Enumerator : IEnumerator<KeyValuePair<TimeWindow, TValue>>
    {
        private readonly WindowRange<TKey, TValue> _range;
        private readonly int _count;
        private int _next;

        internal Enumerator(WindowRange<TKey, TValue> range)
        {
            _range = range;
            _count = range._windows.Count;
            _next = range._first;
        }

        /// <inheritdoc/>
        public KeyValuePair<TimeWindow, TValue> Current { get; private set; }

        /// <inheritdoc/>
        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        /// <exception cref="InvalidOperationException">Windows of the key were added or removed meanwhile.</exception>
        public bool MoveNext()
        {
            if (_range._windows.Count != _count)
                throw Changed();
            if (_next >= _count || _range._windows[_next].Start >= _range._to)
                return false;
            TimeWindow window = _range._windows[_next++];
            if (!_range._store.Find(new Windowed<TKey>(_range._key, window), out TValue? value))
                throw Changed();
            Current = KeyValuePair.Create(window, value);
            return true;
        }

        /// <inheritdoc/>
        public void Reset() => _next = _range._first;

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }

        private readonly InvalidOperationException Changed() => new(
            $"Windows of key '{_range._key}' in store '{_range._store.Name}' were added or removed while they were enumerated. Copy the range first.");
    }
}
