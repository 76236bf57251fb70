using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Tests.Operators;

/// <summary>Three streams of one aggregate: what each added, in the order of the numbers in its values.</summary>
public sealed class CogroupTests
{
    [Fact]
    public void Records_of_several_topics_make_one_aggregate_through_crashes() => Sequences.Try(Sequences.PerFamily / 2, static random =>
    {
        using TopologyTestDriver driver = OperatorTest.Run(
            static builder => Of(builder.Stream("in", Topologies.Text), builder.Stream("other", Topologies.Text), builder.Stream("third", Topologies.Text))
                .Aggregate(static () => "", Materialized.As("table", Serdes.Utf8, Serdes.Utf8)).ToStream("changes").To("out", Topologies.TextOut),
            new TopologyTestDriverOptions { CommitAfterEachRecord = false, PartitionsOf = new Dictionary<string, int>(StringComparer.Ordinal) { ["in"] = 2, ["other"] = 3 } });
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        string[] topics = ["in", "other", "third"];
        for (int i = 0; i < 20; i++)
        {
            (int part, string key) = (random.Next(3), $"k{random.Next(3)}");
            expected[key] = $"{expected.GetValueOrDefault(key)}{(expected.ContainsKey(key) ? "," : "")}{i}{"abc"[part]}";
            driver.PipeWithCrashes(random, [(key, $"{i}")], topics[part]);
        }

        driver.Output().ReadTable().Sorted().ShouldBe(expected.Sorted());
    });

    [Fact]
    public void Windows_hold_what_all_streams_brought_through_crashes() => Sequences.Try(Sequences.PerFamily / 2, static random =>
    {
        bool sessions = random.Next(2) == 0;
        (string Key, string Value)[] records = WindowTest.Scattered(random, 30, scatter: 60);
        using TopologyTestDriver driver = OperatorTest.Run(
            builder =>
            {
                CogroupedKStream<string, string> streams = Split(builder.Stream("in", OperatorTest.Events));
                Materialized<string, string> kept = Materialized.As("table", Serdes.Utf8, Serdes.Utf8).WithEmit(EmitStrategy.OnWindowClose);
                WindowedKTable<string, CogroupedValue, string> table = sessions
                    ? streams.WindowedBy(SessionWindows.WithGap(TimeSpan.FromMilliseconds(15)).WithGrace(TimeSpan.FromMilliseconds(100))).Aggregate(static () => "", Together, kept)
                    : streams.WindowedBy(TumblingWindows.Of(TimeSpan.FromMilliseconds(50)).WithGrace(TimeSpan.FromMilliseconds(100))).Aggregate(static () => "", kept);
                table.ToStream("final").To("out", Produced.With(WindowTest.Keys, Serdes.Utf8));
                table.Late.To("late", Produced.With(WindowTest.Keys, streams.ValueSerde));
            },
            OperatorTest.CommitByHand);
        driver.PipeWithCrashes(random, [.. records, ("flush", "1000000:0")]);

        driver.CreateOutputTopic("late", WindowTest.Keys, Serdes.Bytes).ReadAll().ShouldBeEmpty();
        driver.CreateOutputTopic("out", WindowTest.Keys, Serdes.Utf8).ReadKeyValues().Sorted().ShouldBe(sessions ? Sessions(records, 15) : Windows(records, 50));
    });

    [Fact]
    public void Streams_of_one_sub_topology_need_no_repartition()
    {
        var builder = new StreamsBuilder();
        Split(builder.Stream("in", Topologies.Text)).Aggregate(static () => "", Materialized.As("table", Serdes.Utf8, Serdes.Utf8)).ToStream("changes").To("out", Topologies.TextOut);
        builder.Build().SubTopologies.Select(static s => s.Name).ShouldBe(["in"]);
    }

    [Fact]
    public void A_late_value_says_which_stream_it_came_from()
    {
        var builder = new StreamsBuilder();
        CogroupedKStream<string, string> streams = Split(builder.Stream("in", OperatorTest.Events));
        WindowedKTable<string, CogroupedValue, string> table = streams.WindowedBy(SlidingWindows.Of(TimeSpan.FromMilliseconds(10)))
            .Aggregate(static () => "", Together, Materialized.As("table", Serdes.Utf8, Serdes.Utf8));
        table.ToStream("changes").To("out", Produced.With(WindowTest.Keys, Serdes.Utf8));
        table.Late.To("late", Produced.With(WindowTest.Keys, streams.ValueSerde));
        using var driver = new TopologyTestDriver(builder.Build());
        driver.Input().Pipe("a", "100:3");
        driver.Input().Pipe("a", "50:2");

        driver.CreateOutputTopic("late", WindowTest.Keys, streams.ValueSerde).ReadAll().ShouldHaveSingleItem().Value.ShouldBe(new CogroupedValue(2, "50:2"));
        Should.Throw<UndecodableException>(() => streams.ValueSerde.Deserialize([3, 65])).Message.ShouldContain("from 0 to 2; it is 3");
    }

    private static CogroupedKStream<string, string> Split(KStream<string, string> stream)
    {
        KStream<string, string> third = stream.Split("kinds")
            .Branch("zero", static (in Record<string, string> r) => Kind(r.Value) == 0, out KStream<string, string> first)
            .Branch("one", static (in Record<string, string> r) => Kind(r.Value) == 1, out KStream<string, string> second)
            .Default("two");
        return Of(first, second, third);
    }

    private static CogroupedKStream<string, string> Of(KStream<string, string> first, KStream<string, string> second, KStream<string, string> third) => first.GroupByKey()
        .Cogroup(static (string all, in Record<string, string> r) => Together(all, OperatorTest.Word(r.Value) + "a"), Serdes.Utf8)
        .Cogroup(second.GroupByKey(), static (string all, in Record<string, string> r) => Together(all, OperatorTest.Word(r.Value) + "b"), Serdes.Utf8)
        .Cogroup(third.GroupByKey(), static (string all, in Record<string, string> r) => Together(all, OperatorTest.Word(r.Value) + "c"), Serdes.Utf8);

    private static int Kind(string value) => int.Parse(OperatorTest.Word(value)) % 3;

    /// <summary>In the order of the numbers, whatever the order in which they came.</summary>
    private static string Together(string all, string next) => string.Join(',', $"{all},{next}".Split(',', StringSplitOptions.RemoveEmptyEntries).OrderBy(static v => int.Parse(v[..^1])));

    private static string Added(IEnumerable<string> values) => values.Aggregate("", static (all, v) => Together(all, $"{OperatorTest.Word(v)}{"abc"[Kind(v)]}"));

    private static string[] Windows((string Key, string Value)[] records, long size) =>
        [.. records.GroupBy(r => new Windowed<string>(r.Key, Tumbling(OperatorTest.Time(r.Value), size))).Select(static g => $"{g.Key}={Added(g.Select(static r => r.Value))}").Order(StringComparer.Ordinal)];

    private static TimeWindow Tumbling(long time, long size)
    {
        long start = (long)Math.Floor(time / (double)size) * size;
        return new TimeWindow(start, start + size);
    }

    private static string[] Sessions((string Key, string Value)[] records, long gap)
    {
        var sessions = new List<string>();
        foreach (IGrouping<string, (string Key, string Value)> key in records.GroupBy(static r => r.Key))
        {
            var session = new List<string>();
            foreach (string value in key.Select(static r => r.Value).OrderBy(OperatorTest.Time).Append($"{long.MaxValue}:0"))
            {
                if (session.Count > 0 && OperatorTest.Time(value) - OperatorTest.Time(session[^1]) >= gap)
                {
                    sessions.Add($"{key.Key}@{OperatorTest.Time(session[0])}/{OperatorTest.Time(session[^1]) + gap}={Added(session)}");
                    session.Clear();
                }

                session.Add(value);
            }
        }

        return [.. sessions.Order(StringComparer.Ordinal)];
    }
}
