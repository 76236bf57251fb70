using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering.Decoding;

namespace UsageStreams.Topology.Metering;

/// <summary>Records that can't be counted, as they go to the topic of rejected ones.</summary>
internal static class Rejections
{
    /// <summary>Of an event that could be read. Its bytes are not repeated: they stand where the rejection says.</summary>
    public static Record<byte[]?, RejectedEvent> Of(in Record<string, IncomingEvent> record, string reason, string text, in RecordMetadata at)
    {
        var key = System.Text.Encoding.UTF8.GetBytes(record.Key);
        return new Record<byte[]?, RejectedEvent>(key, new RejectedEvent
        {
            Topic = at.Topic,
            Partition = at.Partition,
            Offset = at.Offset,
            Key = key,
            Value = null,
            Headers = HeadersOf(record.Headers),
            Reason = reason,
            Text = text,
            Arrival = DateTimeOffset.FromUnixTimeMilliseconds(at.Arrival),
        }, record.Timestamp, record.Headers);
    }

    /// <summary>Of a record that could not be read, or breaks a rule.</summary>
    public static RejectedEvent Of(UndecodableRecord record) => new()
    {
        Topic = record.Source.Topic,
        Partition = record.Source.Partition,
        Offset = record.Source.Offset,
        Key = record.Key,
        Value = record.Value,
        Headers = HeadersOf(record.Headers),
        Reason = record.Code ?? ReasonOf(record.Reason),
        Text = record.Cause,
        Arrival = DateTimeOffset.FromUnixTimeMilliseconds(record.Source.Arrival),
    };

    private static string ReasonOf(UndecodableReason reason) => reason switch
    {
        UndecodableReason.NullKey => "missing-key",
        UndecodableReason.NullValue => "missing-value",
        UndecodableReason.Watermark => "unreadable-watermark",
        _ => "undecodable",
    };

    private static List<Model.RecordHeader> HeadersOf(RecordHeaders headers)
    {
        var copied = new List<Model.RecordHeader>(headers.Count);
        foreach (var header in headers) copied.Add(new Model.RecordHeader { Name = header.Key, Value = header.Value });
        return copied;
    }
}
