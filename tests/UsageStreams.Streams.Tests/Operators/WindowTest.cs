using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Tests.Operators;

/// <summary>Random sequences out of order through a windowed table and a driver that crashes, and what naive code makes of them.</summary>
internal static class WindowTest
{
    /// <summary>How many sequences each property is tried on; each family of windows and joins has three.</summary>
    public const int Sequences = (Operators.Sequences.PerFamily / 3) + 1;

    private const string Flush = "flush";

    public static readonly ISerde<Windowed<string>> Keys = Serdes.Windowed(Serdes.Utf8);

    /// <summary>Events of three keys whose times wander upwards by 4 a record and scatter by <paramref name="scatter"/>.</summary>
    public static (string Key, string Value)[] Scattered(Random random, int count, int scatter) =>
        [.. Enumerable.Range(0, count).Select(i => ($"k{random.Next(3)}", $"{(i * 4) + random.Next(scatter) - (scatter / 2)}:{i}"))];

    /// <summary>Runs the sequence, then lets time pass far beyond it, and gives what came out: results and late records, sorted.</summary>
    public static (string[] Results, string[] Late) Run(
        Func<KGroupedStream<string, string>, WindowedKTable<string, string, string>> aggregate, Random random, IReadOnlyList<(string Key, string Value)> records)
    {
        using TopologyTestDriver driver = OperatorTest.Run(
            builder =>
            {
                WindowedKTable<string, string, string> table = aggregate(builder.Stream("in", OperatorTest.Events).GroupByKey());
                table.ToStream("results").To("out", Produced.With(Keys, Serdes.Utf8));
                table.Late.To("late", Produced.With(Keys, Serdes.Utf8));
            },
            OperatorTest.CommitByHand);
        driver.PipeWithCrashes(random, [.. records, (Flush, "1000000:flush")]);
        driver.CreateOutputTopic("test-table-changelog", Keys, Serdes.Utf8).ReadTable().ShouldAllBe(static open => open.Key.Key == Flush);
        return (
            [.. driver.CreateOutputTopic("out", Keys, Serdes.Utf8).ReadAll().Select(static r => $"{r.Key}={r.Value}").Order(StringComparer.Ordinal)],
            driver.CreateOutputTopic("late", Keys, Serdes.Utf8).ReadKeyValues().Sorted());
    }

    /// <summary>Values joined in the order of their numbers, whatever the order in which sessions were merged.</summary>
    public static string Union(string all, string next) =>
        string.Join(',', $"{all},{next}".Split(',').OrderBy(static number => int.Parse(number)));

    public static string Word(in Record<string, string> record) => OperatorTest.Word(record.Value);
}
