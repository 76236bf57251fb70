using System.Collections;
using System.Diagnostics.CodeAnalysis;
using UsageStreams.Streams.Internal.State;

namespace UsageStreams.Streams.Internal.Tables;

/// <summary>The present values of a followed topic.</summary>
internal sealed class TableContent<TKey, TValue> : IReadOnlyDictionary<TKey, TValue>
    where TKey : notnull
{
    private readonly SlotTable<TKey, Box> _slots = new();

    public int Count => _slots.Count;

    public IEnumerable<TKey> Keys => this.Select(static entry => entry.Key);

    public IEnumerable<TValue> Values => this.Select(static entry => entry.Value);

    public TValue this[TKey key] => TryGetValue(key, out TValue? value) ? value : throw new KeyNotFoundException($"The table has no key '{key}'.");

    public bool ContainsKey(TKey key) => _slots.Find(key) >= 0;

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        int number = _slots.Find(key);
        value = number < 0 ? default : _slots[number].Value;
        return number >= 0;
    }

    public void Set(TKey key, TValue value) => _slots[_slots.FindOrAdd(key)].Value = value;

    public void Remove(TKey key)
    {
        if (_slots.Find(key) is >= 0 and var number)
            _slots.Remove(number);
    }

    public void Prefetch(TKey key) => _slots.Prefetch(key);

    public void FetchEntries() => _slots.FetchEntries();

    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator()
    {
        for (int number = 0; number < _slots.End; number++)
        {
            if (_slots.IsUsed(number))
                yield return KeyValuePair.Create(_slots.KeyOf(number), _slots[number].Value!);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private struct Box
    {
        public TValue? Value;
    }
}
