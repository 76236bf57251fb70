using System.Globalization;
using UsageStreams.Embedded.Log;

namespace UsageStreams.Embedded.Topics;

/// <summary>
/// A topic as requests see it: immutable, replaced as a whole when partitions or configs change, so that readers need no lock.
/// </summary>
internal sealed record Topic(string Name, Guid Id, IReadOnlyList<PartitionLog> Partitions, IReadOnlyDictionary<string, string> Configs)
{
    public bool IsCompacted { get; } =
        Configs.TryGetValue(TopicConfigs.CleanupPolicy, out string? policy) && policy.Contains("compact", StringComparison.Ordinal);

    public int? MaxMessageBytes { get; } =
        Configs.TryGetValue(TopicConfigs.MaxMessageBytes, out string? bytes) ? int.Parse(bytes, CultureInfo.InvariantCulture) : null;

    /// <summary>Whether records get the time at which they are appended, instead of their producers'.</summary>
    public bool HasLogAppendTime { get; } =
        Configs.TryGetValue(TopicConfigs.TimestampType, out string? type) && type == TopicConfigs.LogAppendTime;

    private readonly long _timestampAfterMaxMs = long.Parse(
        Configs.GetValueOrDefault(TopicConfigs.TimestampAfterMax, TopicConfigs.Find(TopicConfigs.TimestampAfterMax)!.Default), CultureInfo.InvariantCulture);

    /// <summary>
    /// The latest record timestamp that is taken now, Unix ms; Kafka refuses what lies more than an hour ahead unless told otherwise, or unless the time is its own.
    /// </summary>
    public long LatestTimestamp(TimeProvider time)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return HasLogAppendTime || _timestampAfterMaxMs > long.MaxValue - now ? long.MaxValue : now + _timestampAfterMaxMs;
    }

    public PartitionLog? Partition(int index) => (uint)index < (uint)Partitions.Count ? Partitions[index] : null;
}
