using UsageStreams.Streams.Faults;

namespace UsageStreams.Streams;

/// <summary>A handle of a global table: all partitions of a compacted topic, on every instance, restored before the first record.</summary>
public abstract class GlobalKTable
{
    private protected GlobalKTable(string name, string topic)
    {
        Name = name;
        Topic = topic;
    }

    /// <summary>Name of the table.</summary>
    public string Name { get; }

    /// <summary>The topic that it follows.</summary>
    public string Topic { get; }

    /// <summary>Who decides about its records that can't be read.</summary>
    internal FaultHandling? Faults { get; set; }

    internal abstract TableView CreateView();
}

/// <summary>A typed handle of a global table.</summary>
public sealed class GlobalKTable<TKey, TValue> : GlobalKTable
    where TKey : notnull
{
    private readonly Consumed<TKey, TValue> _consumed;

    internal GlobalKTable(string topic, Consumed<TKey, TValue> consumed)
        : base(consumed.Name ?? topic, topic)
    {
        _consumed = consumed;
        Faults = consumed.Faults;
    }

    internal override TableView CreateView() => new TableView<TKey, TValue>(Name, _consumed);
}
