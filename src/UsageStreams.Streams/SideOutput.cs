namespace UsageStreams.Streams;

/// <summary>Names a second output of a processor: what is late, unknown, wrong. A handle, compared by reference.</summary>
public sealed class SideOutput<TKey, TValue>
{
    /// <summary>Makes the handle.</summary>
    /// <param name="name">Shown in the topology's description.</param>
    public SideOutput(string name) => Name = name;

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
