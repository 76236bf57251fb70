using System.Text;
using UsageStreams.Avro;
using UsageStreams.Host.Kafka;
using UsageStreams.Model;
using UsageStreams.Oracle.Naive;
using UsageStreams.Oracle.Run;

namespace UsageStreams.Integration.Metering;

/// <summary>What metering has written, as anybody reads it: committed records, and of compacted topics the last of each key.</summary>
internal sealed class MeteringTopics(KafkaAccess access, UsageValues values)
{
    public IReadOnlyList<LedgerEntry> Ledger => [.. Records<LedgerEntry>(access.Topics.Ledger).Select(static record => record.Value!)];

    public IReadOnlyDictionary<string, EventOutcomes> Outcomes => Table<EventOutcomes>(access.Topics.Outcomes);

    public IReadOnlyDictionary<string, UsageException> Exceptions => Table<UsageException>(access.Topics.Exceptions);

    /// <summary>Records of usage.events that have an outcome.</summary>
    public long Read => Outcomes.Values.Sum(static outcomes => outcomes.Read);

    /// <summary>All of it in the oracle's words.</summary>
    public Books Books => BooksOfTopology.Of(Ledger, Outcomes, Table<RunningTotal>(access.Topics.Running).Values, Exceptions.Values);

    private Dictionary<string, T> Table<T>(string topic)
        where T : class, IAvroRecord<T>
    {
        var table = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var (key, value) in Records<T>(topic))
        {
            if (value is null)
                table.Remove(key);
            else
                table[key] = value;
        }

        return table;
    }

    private List<(string Key, T? Value)> Records<T>(string topic)
        where T : class, IAvroRecord<T>
    {
        var records = new List<(string Key, T? Value)>();
        TopicReader.ReadToEnd(
            access, topic,
            record =>
            {
                // Without a key: the engine's watermarks.
                if (record.Message.Key is { } key)
                    records.Add((Encoding.UTF8.GetString(key), record.Message.Value is { } value ? values.Read<T>(topic, value) : null));
            },
            TestContext.Current.CancellationToken);
        return records;
    }
}
