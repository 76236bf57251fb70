using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace UsageStreams.Streams.Internal.Tables;

/// <summary>Writes a table's store, and sends the changes on when the strategy says so.</summary>
internal sealed class TableWriter<TKey, TValue>
    where TKey : notnull
{
    private readonly ProcessorContext<TKey, Change<TValue>> _context;
    private readonly KeyValueStore<TKey, TValue> _store;
    private readonly EmitStrategy _emit;
    private readonly List<Held> _held = [];

    // Places of what was held and is sent, for what comes: while windows come and go it is no more than there are open ones.
    private readonly Stack<int> _free = new();

    public TableWriter(ProcessorContext<TKey, Change<TValue>> context, KeyValueStore<TKey, TValue> store, EmitStrategy emit)
    {
        _context = context;
        _store = store;
        _emit = emit;
        if (emit != EmitStrategy.OnCommit)
            return;
        store.KeepMarks();
        context.BeforeCommit = Flush;
    }

    public KeyValueStore<TKey, TValue> Store => _store;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _store.TryGet(key, out value);

    /// <summary>Sets the value of a key whose value the caller has just looked up; null removes it.</summary>
    public void Set(TKey key, bool existed, TValue? old, TValue? value, long timestamp, RecordHeaders headers)
    {
        if (value is not null)
            _store.Put(key, value);
        else if (!_store.Delete(key))
            return;
        Changed(key, new Change<TValue>(existed, old, value is not null, value), timestamp, headers);
    }

    /// <summary>Removes a key, which is a change of the table.</summary>
    public void Remove(TKey key, long timestamp, RecordHeaders headers)
    {
        if (!_store.TryGet(key, out TValue? old))
            return;
        _store.Delete(key);
        Changed(key, new Change<TValue>(HadOld: true, old, HasNew: false, default), timestamp, headers);
    }

    /// <summary>Forgets a key whose value is final, which is no change. What was held back of it is sent first.</summary>
    /// <returns>False when the key is gone already.</returns>
    public bool Retire(TKey key)
    {
        ref int mark = ref _held.Count > 0 ? ref _store.MarkOf(key) : ref Unsafe.NullRef<int>();
        if (!Unsafe.IsNullRef(ref mark) && mark > 0)
        {
            ref Held held = ref HeldBy(mark);
            if (!held.HasNew)
                return false;
            Send(in held);
            held = default;
            _free.Push(mark);
            mark = StateStore.SpentMark;
        }

        return _store.Delete(key);
    }

    /// <summary>Sends a final value. It has no headers: it comes of many records, and of none in particular.</summary>
    public void SendFinal(TKey key, TValue value, long timestamp) => _context.Forward(
        new Record<TKey, Change<TValue>>(key, new Change<TValue>(HadOld: false, default, HasNew: true, value), timestamp));

    private void Changed(TKey key, in Change<TValue> change, long timestamp, RecordHeaders headers)
    {
        if (_emit == EmitStrategy.OnCommit)
            Hold(key, in change, timestamp, headers);
        else if (_emit == EmitStrategy.OnUpdate)
            _context.Forward(new Record<TKey, Change<TValue>>(key, change, timestamp, headers));
    }

    private void Hold(TKey key, in Change<TValue> change, long timestamp, RecordHeaders headers)
    {
        ref int mark = ref _store.MarkOf(key);
        if (mark <= 0)
        {
            mark = NewHeld();
            HeldBy(mark) = new Held { Key = key, HadOld = change.HadOld, Old = change.Old, HasNew = change.HasNew, New = change.New, Timestamp = timestamp, Headers = headers };
            return;
        }

        ref Held held = ref HeldBy(mark);
        (held.HasNew, held.New) = (change.HasNew, change.New);
        held.Timestamp = Math.Max(held.Timestamp, timestamp);
        held.Headers = headers;
    }

    private void Flush()
    {
        // The store forgets the marks when it is flushed, which is next.
        foreach (ref readonly Held held in CollectionsMarshal.AsSpan(_held))
            Send(in held);

        _held.Clear();
        _free.Clear();
    }

    private int NewHeld()
    {
        if (_free.TryPop(out int mark))
            return mark;
        _held.Add(default);
        return _held.Count;
    }

    private ref Held HeldBy(int mark) => ref CollectionsMarshal.AsSpan(_held)[mark - 1];

    private void Send(in Held held)
    {
        if (held.HasNew || held.HadOld)
            _context.Forward(new Record<TKey, Change<TValue>>(held.Key, new Change<TValue>(held.HadOld, held.Old, held.HasNew, held.New), held.Timestamp, held.Headers));
    }

    /// <summary>The first old value since the last commit, and the last new one.</summary>
    private struct Held
    {
        public TKey Key;
        public TValue? Old;
        public TValue? New;
        public bool HadOld;
        public bool HasNew;
        public long Timestamp;
        public RecordHeaders Headers;
    }
}
