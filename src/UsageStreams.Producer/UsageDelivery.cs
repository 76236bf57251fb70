namespace UsageStreams.Producer;

/// <summary>Where an event stands now, on all replicas in sync.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition, chosen by the tenant.</param>
/// <param name="Offset">The record's offset in it.</param>
public readonly record struct UsageDelivery(string Topic, int Partition, long Offset);
