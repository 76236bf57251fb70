namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>The end of a path that is looked at.</summary>
internal sealed class ForeachNode<TKey, TValue>(string name, StreamTask task, RecordAction<TKey, TValue> action) : Receiver<TKey, TValue>
{
    public override void Process(in Record<TKey, TValue> record)
    {
        try
        {
            action(in record);
        }
        catch (Exception e) when (e is not StreamsException)
        {
            throw task.Failure(name, e);
        }
    }
}
