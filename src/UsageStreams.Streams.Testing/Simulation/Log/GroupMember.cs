using Confluent.Kafka;

namespace UsageStreams.Streams.Testing.Simulation.Log;

/// <summary>A member as the group's coordinator knows it.</summary>
internal sealed class GroupMember(string id, string? instance)
{
    public string Id { get; } = id;

    /// <summary>The name that it keeps over restarts, or null.</summary>
    public string? Instance { get; } = instance;

    public TimeSpan LastSeen { get; set; }

    /// <summary>Whether it has joined the generation that is being made.</summary>
    public bool HasJoined { get; set; }

    /// <summary>Whether it knows its assignment of the present generation.</summary>
    public bool IsSynced { get; set; } = true;

    /// <summary>What it held when it joined.</summary>
    public List<TopicPartition> Owned { get; set; } = [];

    public List<TopicPartition> Assigned { get; set; } = [];
}

/// <summary>Who sends offsets, and in which generation.</summary>
internal sealed record GroupMetadata(GroupMember Member, int Generation) : IConsumerGroupMetadata;
