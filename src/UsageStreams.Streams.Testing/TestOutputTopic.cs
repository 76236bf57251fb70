using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Testing.Internal;

namespace UsageStreams.Streams.Testing;

/// <summary>Reads what was committed to a topic, from where the last read ended.</summary>
public sealed class TestOutputTopic<TKey, TValue>
{
    private readonly TestTopic _topic;
    private readonly ISerde<TKey> _keySerde;
    private readonly ISerde<TValue> _valueSerde;
    private int _position;
    private int _watermarkPosition;

    internal TestOutputTopic(TestTopic topic, ISerde<TKey> keySerde, ISerde<TValue> valueSerde)
    {
        _topic = topic;
        _keySerde = keySerde;
        _valueSerde = valueSerde;
    }

    /// <summary>The committed records since the last call, in the order they were written. Watermarks are left out.</summary>
    public IReadOnlyList<TestRecord<TKey, TValue>> ReadAll()
    {
        var records = new List<TestRecord<TKey, TValue>>();
        for (; _position < _topic.Written.Count; _position++)
        {
            StoredRecord record = _topic.Written[_position];
            if (!record.IsWatermark)
                records.Add(Decode(record));
        }

        return records;
    }

    /// <summary>Keys and values of <see cref="ReadAll"/>, where that is all a test looks at.</summary>
    public IReadOnlyList<KeyValuePair<TKey, TValue>> ReadKeyValues() =>
        [.. ReadAll().Select(static r => KeyValuePair.Create(r.Key!, r.Value!))];

    /// <summary>The last value of each key over everything committed, as a compacted topic keeps it.</summary>
    public IReadOnlyList<KeyValuePair<TKey, TValue>> ReadTable()
    {
        var last = new Dictionary<string, StoredRecord>(StringComparer.Ordinal);
        foreach (StoredRecord record in _topic.Written)
        {
            if (record.Key is not null)
                last[Convert.ToHexString(record.Key)] = record;
        }

        return [.. last.Values.Where(static r => r.Value is not null).Select(Decode).Select(static r => KeyValuePair.Create(r.Key!, r.Value!))];
    }

    /// <summary>The watermarks committed since the last call.</summary>
    public IReadOnlyList<TestWatermark> ReadWatermarks()
    {
        var watermarks = new List<TestWatermark>();
        for (; _watermarkPosition < _topic.Written.Count; _watermarkPosition++)
        {
            StoredRecord record = _topic.Written[_watermarkPosition];
            if (record.IsWatermark && Watermark.TryParse(record.Headers, out Watermark watermark, out _))
                watermarks.Add(new TestWatermark(record.Partition, record.Headers.GetText(Watermark.UpstreamHeader), watermark.Time));
        }

        return watermarks;
    }

    private TestRecord<TKey, TValue> Decode(StoredRecord record) => new(
        record.Key is null ? default : _keySerde.Deserialize(record.Key),
        record.Value is null ? default : _valueSerde.Deserialize(record.Value),
        record.Value is null,
        record.Timestamp,
        record.Headers,
        record.Partition);
}
