namespace UsageStreams.Sinks.Runtime;

/// <summary>A document under way, and in the end what became of it.</summary>
internal sealed class Parcel<TDocument>(Delivery<TDocument> delivery)
{
    public Delivery<TDocument> Delivery => delivery;

    /// <summary>Null until it is delivered.</summary>
    public Outcome? Outcome { get; private set; }

    /// <summary>API calls made for it and those of its batch.</summary>
    public int Calls { get; private set; }

    public void Settle(Outcome outcome, int calls)
    {
        Outcome = outcome;
        Calls = calls;
    }
}
