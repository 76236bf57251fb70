using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams.Testing.Simulation.Log;

/// <summary>The cluster: partitions, transactions, and the one group. It outlives every worker.</summary>
internal sealed class SimulatedLog
{
    private readonly Dictionary<TopicPartition, SimulatedPartition> _partitions = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;
    private readonly long _start;

    public SimulatedLog(IReadOnlyDictionary<string, int> topics, IReadOnlyList<InternalTopic> created, SimulationRandom random, TimeProvider clock)
    {
        _clock = clock;
        _start = clock.GetTimestamp();
        Random = random;
        foreach ((string topic, int partitions) in topics.OrderBy(static t => t.Key, StringComparer.Ordinal))
            Add(topic, partitions);
        foreach (InternalTopic topic in created)
            Add(topic.Name, topic.Partitions);
        Changelogs = [.. created.Where(static t => t.IsChangelog).SelectMany(t => _partitions.Values.Where(p => p.Name.Topic == t.Name))];
        Transactions = new TransactionCoordinator(this);
        Group = new GroupCoordinator(random);
    }

    public SimulationRandom Random { get; }

    public TransactionCoordinator Transactions { get; }

    public GroupCoordinator Group { get; }

    public TimeSpan Now => _clock.GetElapsedTime(_start);

    public long UnixNow => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    public SimulatedPartition this[TopicPartition partition] => _partitions[partition];

    public IReadOnlyCollection<SimulatedPartition> Partitions => _partitions.Values;

    /// <summary>Those that are compacted.</summary>
    public IReadOnlyList<SimulatedPartition> Changelogs { get; }

    public int PartitionCount(string topic) => _counts.TryGetValue(topic, out int count)
        ? count
        : throw new SimulationViolationException($"The scenario has no topic '{topic}'; it has {string.Join(", ", _counts.Keys)}.");

    private void Add(string topic, int partitions)
    {
        _counts.Add(topic, partitions);
        for (int partition = 0; partition < partitions; partition++)
        {
            var name = new TopicPartition(topic, partition);
            _partitions.Add(name, new SimulatedPartition(name));
        }
    }
}
