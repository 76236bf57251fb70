namespace UsageStreams.Streams;

/// <summary>Takes the values that a flat map of values makes; each goes on with key, event time and headers of the record at hand.</summary>
public abstract class ValueEmitter<TValue>
{
    private protected ValueEmitter()
    {
    }

    /// <summary>Sends a value. Valid during the call only.</summary>
    public abstract void Emit(TValue value);
}
