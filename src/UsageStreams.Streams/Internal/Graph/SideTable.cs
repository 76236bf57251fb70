using UsageStreams.Streams.Faults;

namespace UsageStreams.Streams.Internal.Graph;

/// <summary>A table that tasks follow: the partition of the task's own number, restored before the task starts.</summary>
internal abstract class SideTable(string name, string topic, FaultHandling? faults)
{
    public string Name { get; } = name;

    public string Topic { get; } = topic;

    /// <summary>Who decides about its records that can't be read.</summary>
    public FaultHandling? Faults { get; set; } = faults;

    public abstract TableView CreateView();

    /// <summary>A task finds in its partition of the table what belongs to its records only if both topics are cut alike.</summary>
    public void CheckPartitions(SubTopologyGraph graph, int partitions, int found)
    {
        if (partitions == found)
            return;
        throw new StreamsException(
            $"Table '{Name}' (topic '{Topic}') has {found} partitions and sub-topology '{graph.Name}', which looks it up, {partitions}: "
            + "equal keys would lie in different partitions. Give both topics the same number, send the stream through "
            + $"Repartition(Repartitioned.With(…).WithPartitions({found})) first, or follow the table as GlobalTable(\"{Topic}\", …).");
    }
}

internal sealed class SideTable<TKey, TValue>(string topic, Consumed<TKey, TValue> consumed) : SideTable(consumed.Name ?? topic, topic, consumed.Faults)
    where TKey : notnull
{
    public override TableView CreateView() => new TableView<TKey, TValue>(Name, consumed);
}
