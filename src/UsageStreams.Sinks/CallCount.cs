namespace UsageStreams.Sinks;

/// <summary>How many API calls a batch has cost, over all its attempts; token requests left out. For one caller at a time.</summary>
public sealed class CallCount
{
    /// <summary>Calls so far.</summary>
    public int Value { get; private set; }

    /// <summary>Counts one more.</summary>
    public void Add() => Value++;
}
