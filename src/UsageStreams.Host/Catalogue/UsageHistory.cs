using System.Text;
using Confluent.Kafka;
using UsageStreams.Host.Kafka;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Host.Catalogue;

/// <summary>
/// The committed records of <c>usage.events</c> from an arrival on to the ends the partitions have now; can be read more than once, and is the same each time.
/// </summary>
internal sealed class UsageHistory
{
    private readonly KafkaAccess _access;
    private readonly AvroSerde<UsageEvent> _serde;
    private readonly IReadOnlyDictionary<TopicPartition, OffsetRange> _ranges;

    /// <param name="access">Kafka.</param>
    /// <param name="session">The registry.</param>
    /// <param name="from">The first arrival that matters.</param>
    public UsageHistory(KafkaAccess access, KafkaSession session, DateTimeOffset from)
    {
        _access = access;
        _serde = new AvroSerde<UsageEvent>(session.Registry, access.Topics.Events + "-value");
        _ranges = TopicReader.RangesFrom(access, access.Topics.Events, from);
    }

    /// <summary>Records that stand there; markers of transactions are among them.</summary>
    public long Length => _ranges.Values.Sum(static range => range.End - range.Start);

    /// <summary>Reads them, in order within a partition.</summary>
    /// <param name="read">Takes each event.</param>
    /// <param name="undecodable">Takes the position of each record that is none.</param>
    /// <param name="cancellation">Ends it.</param>
    public void Read(Action<HistoricEvent> read, Action<EventPosition> undecodable, CancellationToken cancellation) =>
        TopicReader.ReadRanges(_access, _access.Topics.Events, _ranges, record =>
        {
            var at = new EventPosition(record.Topic, record.Partition.Value, record.Offset.Value);
            // Without a value: a promise that nothing older comes.
            if (record.Message.Value is not { } value)
                return;
            try
            {
                var key = record.Message.Key is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
                read(new HistoricEvent(_serde.Deserialize(value), key, record.Message.Timestamp.UnixTimestampMs, at));
            }
            catch (UndecodableException)
            {
                undecodable(at);
            }
        }, cancellation);
}

/// <summary>An event as it stands in its topic.</summary>
/// <param name="Usage">The event.</param>
/// <param name="Key">The record's key.</param>
/// <param name="Arrival">When it came, Unix milliseconds.</param>
/// <param name="At">Where it stands.</param>
internal readonly record struct HistoricEvent(UsageEvent Usage, string? Key, long Arrival, EventPosition At)
{
    /// <summary>Whether it can never be counted as it is.</summary>
    public bool IsRejected => UsageEventRules.Check(Usage) is not null || !string.Equals(Key, Usage.Tenant, StringComparison.Ordinal) || UsageEventRules.CheckTime(Usage, Arrival) is not null;

    /// <summary>The event's identity.</summary>
    public EventDigest Identity => EventDigest.Of(Usage.Tenant, Usage.Source, Usage.Id);

    /// <summary>Identity of the event that this one takes back; null when it takes none back.</summary>
    public EventDigest? Withdrawn => (Usage.Retracts ?? Usage.Amends) is { } id ? EventDigest.Of(Usage.Tenant, Usage.Source, id) : null;
}
