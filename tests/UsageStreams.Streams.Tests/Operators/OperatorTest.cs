using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Operators;

/// <summary>What the operators' tests share: events whose text value is <c>time:word</c>, and drivers that crash.</summary>
internal static class OperatorTest
{
    /// <summary>Reads <c>time:word</c>; the time is the event's, in ms.</summary>
    public static readonly Consumed<string, string> Events = Topologies.Text.WithTimestamps(
        static (in Record<string, string> record, long _) => Time(record.Value));

    public static readonly TopologyTestDriverOptions CommitByHand = new() { CommitAfterEachRecord = false };

    public static long Time(string value) => long.Parse(value.AsSpan(0, value.IndexOf(':')));

    public static string Word(string value) => value[(value.IndexOf(':') + 1)..];

    public static TopologyTestDriver Run(Action<StreamsBuilder> describe, TopologyTestDriverOptions? options = null)
    {
        var builder = new StreamsBuilder();
        describe(builder);
        return new TopologyTestDriver(builder.Build(), options);
    }

    public static IReadOnlyList<string> Problems(Action<StreamsBuilder> describe)
    {
        var builder = new StreamsBuilder();
        describe(builder);
        return Should.Throw<TopologyException>(builder.Build).Problems;
    }

    /// <summary>Pipes the records, and now and then commits or crashes; commits at the end.</summary>
    public static void PipeWithCrashes(
        this TopologyTestDriver driver, Random random, IReadOnlyList<(string Key, string Value)> records, string topic = "in")
    {
        TestInputTopic<string, string> input = driver.Input(topic);
        foreach ((string key, string value) in records)
        {
            input.Pipe(key, value);
            int dice = random.Next(12);
            if (dice < 3)
                driver.Commit();
            else if (dice == 3)
                driver.Restart();
        }

        driver.Commit();
    }

    /// <summary>Keys and values in a fixed order, as text.</summary>
    public static string[] Sorted<TKey, TValue>(this IEnumerable<KeyValuePair<TKey, TValue>> pairs) =>
        [.. pairs.Select(static p => $"{p.Key}={p.Value}").Order(StringComparer.Ordinal)];
}
