using Confluent.Kafka;
using UsageStreams.Streams;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Benchmarks.Engine.Peer;

/// <summary>Reads what our engine committed, and holds it against the oracle.</summary>
internal sealed class PeerOutput(KafkaConnection connection, PeerTopics topics)
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    /// <summary>Every record came out once, with its value one larger.</summary>
    public IReadOnlyDictionary<string, double> CheckStateless(int records)
    {
        long count = 0, sum = 0;
        Read(topics.Output, record =>
        {
            count++;
            sum += JavaLong.Instance.Deserialize(record.Value);
        });
        var expected = (long)records * (records + 1) / 2;
        return count == records && sum == expected
            ? Figures(count, 0)
            : throw new InvalidOperationException($"{topics.Output} has {count} records with a sum of {sum}; there must be {records} with {expected}.");
    }

    /// <summary>The last value of each key and window is the oracle's sum, and nothing was late.</summary>
    public IReadOnlyDictionary<string, double> CheckSums(Dictionary<Windowed<string>, long> expected)
    {
        long count = 0, late = 0;
        var sums = new Dictionary<Windowed<string>, long>();
        Read(topics.Output, record =>
        {
            count++;
            sums[PeerTopologies.WindowSerde.Deserialize(record.Key)] = JavaLong.Instance.Deserialize(record.Value);
        });
        Read(topics.Late, _ => late++);
        List<Windowed<string>> wrong = [.. expected.Keys.Union(sums.Keys).Where(key => !Same(expected, sums, key))];
        return wrong.Count == 0 && late == 0
            ? Figures(count, late)
            : throw new InvalidOperationException(
                $"{wrong.Count} of {expected.Count} sums in {topics.Output} are not the generator's, and {late} records were late; for example "
                + $"{wrong.FirstOrDefault()}: {sums.GetValueOrDefault(wrong.FirstOrDefault())} instead of {expected.GetValueOrDefault(wrong.FirstOrDefault())}.");
    }

    private static bool Same(Dictionary<Windowed<string>, long> expected, Dictionary<Windowed<string>, long> sums, Windowed<string> key) =>
        expected.TryGetValue(key, out var sum) && sums.TryGetValue(key, out var found) && found == sum;

    private static Dictionary<string, double> Figures(long records, long late) => new(StringComparer.Ordinal)
    {
        ["records dropped as late"] = late,
        ["results that differ from the generator's"] = 0,
        ["records written"] = records,
    };

    private void Read(string topic, Action<Message<byte[], byte[]>> take)
    {
        var config = connection.ConsumerConfig($"{topic}-check");
        config.EnablePartitionEof = true;
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).Build();
        consumer.Assign(Enumerable.Range(0, PeerTopics.Partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        for (var open = PeerTopics.Partitions; open > 0;)
        {
            var result = consumer.Consume(Wait) ?? throw new InvalidOperationException($"Reading {topic} did not come to its end: nothing for {Wait.TotalSeconds} s.");
            if (result.IsPartitionEOF) open--;
            else take(result.Message);
        }
    }
}
