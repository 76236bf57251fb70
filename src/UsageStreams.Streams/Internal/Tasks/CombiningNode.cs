using System.Runtime.InteropServices;

namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>Holds one combined record per key until the commit, which sends them in the order of the keys' first records.</summary>
internal sealed class CombiningNode<TKey, TValue> : Receiver<TKey, TValue>
{
    private readonly string _name;
    private readonly StreamTask _task;
    private readonly Combiner<TValue> _combiner;
    private readonly Receiver<TKey, TValue> _sink;

    // A wrapper struct as the key, because TKey of a stream may be a nullable type.
    private readonly Dictionary<Held, int> _index = [];
    private readonly List<Record<TKey, TValue>> _records = [];

    public CombiningNode(string name, TaskScope scope, Combiner<TValue> combiner, Receiver<TKey, TValue> sink)
    {
        _name = name;
        _task = scope.Task;
        _combiner = combiner;
        _sink = sink;
        scope.Combiners.Add(Flush);
    }

    public override void Process(in Record<TKey, TValue> record)
    {
        _task.HeldBack++;
        ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(_index, new Held(record.Key), out bool exists);
        if (!exists)
        {
            index = _records.Count;
            _records.Add(record);
            return;
        }

        ref Record<TKey, TValue> all = ref CollectionsMarshal.AsSpan(_records)[index];
        try
        {
            all = new Record<TKey, TValue>(
                all.Key, _combiner(all.Value, record.Value), Math.Max(all.Timestamp, record.Timestamp), record.Headers);
        }
        catch (Exception e) when (e is not StreamsException)
        {
            throw _task.Failure(_name, e);
        }
    }

    private void Flush()
    {
        foreach (ref readonly Record<TKey, TValue> record in CollectionsMarshal.AsSpan(_records))
            _sink.Process(in record);
        _records.Clear();
        _index.Clear();
    }

    private readonly record struct Held(TKey Key);
}
