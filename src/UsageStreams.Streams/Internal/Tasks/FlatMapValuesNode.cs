namespace UsageStreams.Streams.Internal.Tasks;

internal sealed class FlatMapValuesNode<TKey, TValue, TValueOut>(
    string name, StreamTask task, FlatValueMapper<TKey, TValue, TValueOut> mapper, Downstream<TKey, TValueOut> downstream) : Receiver<TKey, TValue>
{
    private readonly Emitter _emitter = new(downstream);

    public override void Process(in Record<TKey, TValue> record)
    {
        _emitter.Begin(in record);
        try
        {
            mapper(in record, _emitter);
        }
        catch (Exception e) when (e is not StreamsException)
        {
            throw task.Failure(name, e);
        }
    }

    private sealed class Emitter(Downstream<TKey, TValueOut> downstream) : ValueEmitter<TValueOut>
    {
        private Record<TKey, TValue> _record;

        public void Begin(in Record<TKey, TValue> record) => _record = record;

        public override void Emit(TValueOut value) => downstream.Forward(_record.WithValue(value));
    }
}
