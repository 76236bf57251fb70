namespace UsageStreams.Model;

/// <summary>An event as an aggregation takes it.</summary>
/// <param name="Value">The number that is summed, compared or averaged, with at most 9 digits after the decimal point; ignored by count and unique.</param>
/// <param name="Member">What is told apart by unique; null counts as the member "". Ignored by all others.</param>
/// <param name="Time">Event time, Unix milliseconds.</param>
/// <param name="Identity">The event's identity; decides between events of the same time.</param>
public readonly record struct Sample(decimal Value, string? Member, long Time, EventDigest Identity);

/// <summary>Where an event stands.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Partition">Partition.</param>
/// <param name="Offset">Offset.</param>
public readonly record struct EventPosition(string Topic, int Partition, long Offset);
