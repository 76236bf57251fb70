using Confluent.Kafka;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>What fences offsets: a member of a group in one of its generations.</summary>
/// <param name="Group">The group's id.</param>
/// <param name="Generation">Grows with each rebalance.</param>
/// <param name="MemberId">The id that the group gave to the member.</param>
/// <param name="InstanceId">The name of a static member; null where there is none.</param>
/// <param name="Native">The same as the native producer takes it.</param>
internal sealed record GroupMembership(string Group, int Generation, string MemberId, string? InstanceId, Func<IConsumerGroupMetadata> Native)
    : IConsumerGroupMetadata;
