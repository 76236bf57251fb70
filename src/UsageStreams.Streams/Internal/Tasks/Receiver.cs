namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>A node of a task, as the nodes above it see it.</summary>
internal abstract class Receiver<TKey, TValue>
{
    /// <summary>Takes a record whose headers are set.</summary>
    public abstract void Process(in Record<TKey, TValue> record);

    /// <summary>Whether <see cref="Prefetch"/> does something, here or below.</summary>
    public virtual bool Prefetches => false;

    /// <summary>A record that may come soon: what will be looked up for it can be fetched. Runs no code of the user's that changes anything.</summary>
    public virtual void Prefetch(in Record<TKey, TValue> record)
    {
    }
}

/// <summary>The nodes below an outlet.</summary>
internal sealed class Downstream<TKey, TValue>(Receiver<TKey, TValue>[] receivers)
{
    private readonly Receiver<TKey, TValue>[] _receivers = receivers;

    public bool IsConnected => _receivers.Length > 0;

    public bool Prefetches { get; } = Array.Exists(receivers, static r => r.Prefetches);

    public void Prefetch(in Record<TKey, TValue> record)
    {
        foreach (Receiver<TKey, TValue> receiver in _receivers)
            receiver.Prefetch(in record);
    }

    public void Forward(in Record<TKey, TValue> record)
    {
        foreach (Receiver<TKey, TValue> receiver in _receivers)
            receiver.Process(in record);
    }
}
