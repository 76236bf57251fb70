using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Operators;

public sealed class AggregateTests
{
    [Fact]
    public void A_count_by_another_key_is_sent_once_per_key_and_commit()
    {
        using TopologyTestDriver driver = OperatorTest.Run(
            builder =>
            {
                KTable<string, long> counts = builder.Stream("in", Topologies.Text)
                    .GroupBy("by-word", static (in Record<string, string> record) => record.Value, Grouped.With("words", Serdes.Utf8, Serdes.Utf8))
                    .Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64));
                counts.ToStream("changes").To("out", Produced.With(Serdes.Utf8, Serdes.Int64));
            },
            OperatorTest.CommitByHand);
        TestInputTopic<string, string> input = driver.Input();
        foreach (string word in (string[])["be", "not", "be", "be"])
            input.Pipe("hamlet", word);
        driver.Commit();

        TestOutputTopic<string, long> output = driver.Counts();
        output.ReadKeyValues().Sorted().ShouldBe(["be=3", "not=1"]);
        input.Pipe("hamlet", "be");
        driver.Commit();
        output.ReadKeyValues().Sorted().ShouldBe(["be=4"]);
    }

    [Fact]
    public void A_table_that_emits_on_update_sends_every_change()
    {
        using TopologyTestDriver driver = OperatorTest.Run(
            builder => builder.Stream("in", Topologies.Text).GroupByKey()
                .Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64).WithEmit(EmitStrategy.OnUpdate))
                .ToStream("changes").To("out", Topologies.CountOut),
            OperatorTest.CommitByHand);
        driver.Input().Pipe("a", "x");
        driver.Input().Pipe("a", "y");
        driver.Commit();

        driver.Counts().ReadKeyValues().Sorted().ShouldBe(["a=1", "a=2"]);
    }

    [Fact]
    public void An_aggregate_that_becomes_null_is_removed_from_the_table()
    {
        using TopologyTestDriver driver = OperatorTest.Run(builder => builder.Stream("in", Topologies.Text).GroupByKey()
            .Aggregate<string>(
                static () => "",
                static (string all, in Record<string, string> record) => record.Value == "reset" ? null : all + record.Value,
                Materialized.As("words", Serdes.Utf8, Serdes.Utf8))
            .ToStream("changes").To("out", Topologies.TextOut));
        TestInputTopic<string, string> input = driver.Input();
        foreach (string value in (string[])["x", "y", "reset", "reset", "z"])
            input.Pipe("a", value);

        driver.Output().ReadAll().Select(static r => r.IsTombstone ? "gone" : r.Value).ShouldBe(["x", "xy", "gone", "z"]);
    }

    [Fact]
    public void A_filtered_table_removes_what_no_longer_passes_and_says_nothing_of_what_never_did()
    {
        using TopologyTestDriver driver = OperatorTest.Run(builder =>
        {
            KTable<string, long> counts = builder.Stream("in", Topologies.Text).GroupByKey()
                .Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64));
            counts.Filter("second-only", static (in Record<string, long> count) => count.Value == 2)
                .MapValues("tenfold", static (in Record<string, long> count) => count.Value * 10)
                .ToStream("changes").To("out", Topologies.CountOut);
        });
        for (int i = 0; i < 4; i++)
            driver.Input().Pipe("a", "x");

        driver.Counts().ReadAll().Select(static r => r.IsTombstone ? "gone" : r.Value.ToString()).ShouldBe(["20", "gone"]);
    }

    [Fact]
    public void Aggregates_equal_a_recomputation_through_crashes() => Sequences.Try(Sequences.PerFamily, static random =>
    {
        (string Key, string Value)[] records = [.. Enumerable.Range(0, 30).Select(i => ($"k{random.Next(7)}", $"{(char)('a' + random.Next(5))}{i}"))];
        using TopologyTestDriver driver = OperatorTest.Run(
            builder =>
            {
                KStream<string, string> stream = builder.Stream("in", Topologies.Text);
                stream.GroupBy("by-letter", static (in Record<string, string> r) => r.Value[..1], Grouped.With("letters", Serdes.Utf8, Serdes.Utf8))
                    .Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64)).ToStream("counted").To("counts-out", Topologies.CountOut);
                stream.GroupByKey().Reduce(static (all, next) => string.CompareOrdinal(all, next) > 0 ? all : next, Materialized.As("largest", Serdes.Utf8, Serdes.Utf8))
                    .ToStream("reduced").To("out", Topologies.TextOut);
            },
            new TopologyTestDriverOptions { CommitAfterEachRecord = false, Partitions = 3 });
        driver.PipeWithCrashes(random, records);

        driver.Counts("counts-out").ReadTable().Sorted()
            .ShouldBe(records.CountBy(static r => r.Value[..1]).Select(static c => KeyValuePair.Create(c.Key, (long)c.Value)).Sorted());
        driver.Output().ReadTable().Sorted()
            .ShouldBe(records.GroupBy(static r => r.Key).Select(static g => KeyValuePair.Create(g.Key, g.Select(static r => r.Value).Max(StringComparer.Ordinal))).Sorted());
    });

    [Fact]
    public void A_table_of_a_topic_is_a_stream_of_its_changes()
    {
        using TopologyTestDriver driver = OperatorTest.Run(builder =>
        {
            KTable<string, string> prices = builder.Table("prices", Consumed.With(Serdes.Utf8, Serdes.Utf8));
            prices.Filter("short", static (in Record<string, string> price) => price.Value.Length < 3)
                .ToStream("changes").To("out", Topologies.TextOut);
        });
        TestInputTopic<string, string> input = driver.Input("prices");
        input.Pipe("a", "10");
        input.Pipe("a", "1000");
        input.Pipe("b", "7");
        input.PipeTombstone("b");

        driver.Output().ReadTable().ShouldBeEmpty();
        driver.Output().ReadAll().Count.ShouldBe(4);
    }

    [Fact]
    public void A_stream_becomes_a_table_and_remembers_old_values_over_a_crash()
    {
        using TopologyTestDriver driver = OperatorTest.Run(builder => builder.Table("prices", Topologies.Text)
            .Materialize(Materialized.As("kept", Serdes.Utf8, Serdes.Utf8))
            .Filter("short", static (in Record<string, string> price) => price.Value.Length < 3)
            .ToStream("changes").To("out", Topologies.TextOut));
        TestInputTopic<string, string> input = driver.Input("prices");
        input.Pipe("a", "1000");
        input.Pipe("a", "2000");
        input.Pipe("b", "7");
        driver.Restart();
        input.PipeTombstone("b");
        input.PipeTombstone("b");

        driver.Output().ReadAll().Select(static r => $"{r.Key} {(r.IsTombstone ? "gone" : r.Value)}").ShouldBe(["b 7", "b gone"]);
    }

    [Fact]
    public void Changed_keys_are_not_grouped_without_a_repartition()
    {
        OperatorTest.Problems(b => b.Stream("in", Topologies.Text).SelectKey("other", static (in Record<string, string> r) => r.Value)
                .GroupByKey().Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64)))
            .ShouldHaveSingleItem().ShouldContain("GroupByKey(Grouped.With(");
        OperatorTest.Problems(b => b.Stream("in", Topologies.Text).GroupByKey()
                .Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64).WithEmit(EmitStrategy.OnWindowClose)))
            .ShouldHaveSingleItem().ShouldContain("has no windows");
    }
}
