using Confluent.Kafka;
using UsageStreams.Streams.Testing.Simulation.Log;

namespace UsageStreams.Streams.Testing.Simulation;

/// <summary>What is committed in the log: the truth, as of the decision of each transaction.</summary>
public sealed class SimulationView
{
    private readonly SimulatedLog _log;
    private readonly string _application;
    private readonly IReadOnlyList<TopicPartition> _inputs;

    internal SimulationView(SimulatedLog log, string application, IReadOnlyList<TopicPartition> inputs)
    {
        _log = log;
        _application = application;
        _inputs = inputs;
    }

    internal bool IsUsedUp => _inputs.All(p => Unread(p) == 0);

    /// <summary>Committed records of a public topic, by partition and offset; watermarks are left out.</summary>
    public IEnumerable<SimulatedRecord> Committed(string topic)
    {
        for (int partition = 0; partition < _log.PartitionCount(topic); partition++)
        {
            IReadOnlyList<LogEntry> entries = _log[new TopicPartition(topic, partition)].Entries;
            for (int offset = 0; offset < entries.Count; offset++)
            {
                if (entries[offset] is { IsCommitted: true, IsWatermark: false, Key: { } key } entry)
                    yield return new SimulatedRecord(partition, offset, key, entry.Value) { Headers = entry.Headers };
            }
        }
    }

    /// <summary>Committed records of an input topic that lie below the group's committed offset.</summary>
    public IEnumerable<SimulatedRecord> Read(string topic) =>
        Committed(topic).Where(r => r.Offset < _log.Group.Decided(new TopicPartition(topic, r.Partition)));

    /// <summary>The state that a restore would give: the last committed value per key of a store's changelog.</summary>
    public IReadOnlyDictionary<TKey, TValue> State<TKey, TValue>(string store, ISerde<TKey> keySerde, ISerde<TValue> valueSerde)
        where TKey : notnull
    {
        var state = new Dictionary<TKey, TValue>();
        foreach (SimulatedRecord record in Committed($"{_application}-{store}-changelog"))
        {
            TKey key = keySerde.Deserialize(record.Key);
            if (record.Value is null)
                state.Remove(key);
            else
                state[key] = valueSerde.Deserialize(record.Value);
        }

        return state;
    }

    /// <summary>Committed offsets, and the number of committed records of each partition.</summary>
    internal string Positions() => string.Join(", ", _inputs.Select(p => $"{p} {_log.Group.Decided(p)}").Concat(
        _log.Partitions.Select(static p => $"{p.Name} {p.Entries.Count(static e => e.IsCommitted)} records")));

    internal string Lag() => string.Join(", ", _inputs.Select(p => $"{p} {Unread(p)} unread")) + $"; transactions {(_log.Transactions.IsQuiet ? "none" : "open")}, group "
        + (_log.Group.IsSettled ? "settled" : "unsettled");

    private int Unread(TopicPartition partition) => _log[partition].Entries.Skip((int)_log.Group.Decided(partition)).Count(static e => e.IsCommitted);
}
