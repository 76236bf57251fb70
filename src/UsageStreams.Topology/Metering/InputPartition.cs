using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>The partition of <c>usage.events</c> that a task of the meter reads.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Count">Partitions of the topic.</param>
internal readonly record struct InputPartition(int Number, int Count)
{
    /// <summary>The partition that a tenant's events belong into: that which Kafka's Java client gives their key.</summary>
    public int HomeOf(string tenant) => Partitioners.Murmur2(tenant, Count);
}
