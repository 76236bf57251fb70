using UsageStreams.Streams.Internal.State;

namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>Holds one combined record per key until the commit, which sends them in the order of the keys' first records.</summary>
internal sealed class CombiningNode<TKey, TValue> : Receiver<TKey, TValue>
{
    private readonly string _name;
    private readonly StreamTask _task;
    private readonly Combiner<TValue> _combiner;
    private readonly Receiver<TKey, TValue> _sink;

    // A wrapper struct as the key, because TKey of a stream may be a nullable type. Nothing is removed, so that numbers are in the order of first records.
    private readonly SlotTable<Held, Record<TKey, TValue>> _records = new();

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
        int additions = _records.Additions;
        ref Record<TKey, TValue> all = ref _records[_records.FindOrAdd(new Held(record.Key))];
        if (_records.Additions != additions)
        {
            all = record;
            return;
        }

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
        for (int number = 0; number < _records.End; number++)
            _sink.Process(in _records[number]);
        _records.Empty();
    }

    private readonly record struct Held(TKey Key);
}
