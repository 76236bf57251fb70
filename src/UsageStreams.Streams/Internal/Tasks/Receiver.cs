namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>A node of a task, as the nodes above it see it.</summary>
internal abstract class Receiver<TKey, TValue>
{
    /// <summary>Takes a record whose headers are set.</summary>
    public abstract void Process(in Record<TKey, TValue> record);
}

/// <summary>The nodes below an outlet.</summary>
internal sealed class Downstream<TKey, TValue>(Receiver<TKey, TValue>[] receivers)
{
    private readonly Receiver<TKey, TValue>[] _receivers = receivers;

    public bool IsConnected => _receivers.Length > 0;

    public void Forward(in Record<TKey, TValue> record)
    {
        foreach (Receiver<TKey, TValue> receiver in _receivers)
            receiver.Process(in record);
    }
}
