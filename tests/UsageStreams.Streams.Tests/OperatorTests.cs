using System.Text;
using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests;

public sealed class OperatorTests
{
    [Fact]
    public void A_filter_keeps_what_its_predicate_holds_for()
    {
        using TopologyTestDriver driver = Run(b => b.Stream("in", Topologies.Text)
            .Filter("long", static (in Record<string, string> r) => r.Value.Length > 2)
            .To("out", Topologies.TextOut));
        TestInputTopic<string, string> input = driver.Input();
        input.Pipe("a", "xy");
        input.Pipe("b", "xyz");

        driver.Output().ReadKeyValues().ShouldBe([KeyValuePair.Create("b", "xyz")]);
    }

    [Fact]
    public void A_map_changes_key_and_value_and_inherits_headers()
    {
        using TopologyTestDriver driver = Run(b => b.Stream("in", Topologies.Text)
            .Map("swap", static (in Record<string, string> r) => new Record<string, string>(r.Value, r.Key, r.Timestamp))
            .MapValues("shout", static (in Record<string, string> r) => r.Value.ToUpperInvariant())
            .To("out", Topologies.TextOut));
        driver.Input().Pipe("a", "x", RecordHeaders.Empty.With("correlation-id", "42"));

        TestRecord<string, string> record = driver.Output().ReadAll().ShouldHaveSingleItem();
        record.Key.ShouldBe("x");
        record.Value.ShouldBe("A");
        record.Headers.GetText("correlation-id").ShouldBe("42");
    }

    [Fact]
    public void A_flat_map_makes_any_number_of_records()
    {
        using TopologyTestDriver driver = Run(b => b.Stream("in", Topologies.Text)
            .FlatMap("letters", static (in Record<string, string> r, Emitter<string, string> emitter) =>
            {
                foreach (char letter in r.Value)
                    emitter.Emit(r.Key, letter.ToString());
            })
            .To("out", Topologies.TextOut));
        TestInputTopic<string, string> input = driver.Input();
        input.Pipe("a", "xy");
        input.Pipe("b", "");

        driver.Output().ReadKeyValues().ShouldBe([KeyValuePair.Create("a", "x"), KeyValuePair.Create("a", "y")]);
    }

    [Fact]
    public void Headers_that_a_processor_sets_replace_those_of_its_input()
    {
        using TopologyTestDriver driver = Run(b => b.Stream("in", Topologies.Text)
            .Map("relabel", static (in Record<string, string> r) => r.WithHeaders(r.Headers.With("a", "2").With("b", "3")))
            .To("out", Topologies.TextOut));
        driver.Input().Pipe("k", "v", RecordHeaders.Empty.With("a", "1"));

        RecordHeaders headers = driver.Output().ReadAll()[0].Headers;
        headers.Select(static h => $"{h.Key}={Encoding.UTF8.GetString(h.Value!)}").ShouldBe(["a=2", "b=3"]);
    }

    [Fact]
    public void Streams_of_one_source_merge_in_the_order_of_their_records()
    {
        using TopologyTestDriver driver = Run(b =>
        {
            KStream<string, string> source = b.Stream("in", Topologies.Text);
            KStream<string, string> upper = source.MapValues("upper", static (in Record<string, string> r) => r.Value.ToUpperInvariant());
            source.Merge(upper).MapValues("mark", static (in Record<string, string> r) => r.Value + "!").To("out", Topologies.TextOut);
        });
        driver.Input().Pipe("a", "x");

        driver.Output().ReadKeyValues().Select(static r => r.Value).ShouldBe(["X!", "x!"], ignoreOrder: true);
    }

    [Fact]
    public void Streams_of_two_sources_merge_through_one_repartition_topic()
    {
        StoreBuilder<string, long> counts = Stores.KeyValue("counts", Serdes.Utf8, Serdes.Int64);
        using TopologyTestDriver driver = Run(b =>
        {
            KStream<string, string> first = b.Stream("first", Topologies.Text);
            KStream<string, string> second = b.Stream("second", Topologies.Text);
            first.Merge(second)
                .Repartition(Repartitioned.With("both", Serdes.Utf8, Serdes.Utf8))
                .Process("count", () => new CountProcessor(counts), counts)
                .To("out", Topologies.CountOut);
        }, new TopologyTestDriverOptions { Partitions = 3 });
        driver.Input("first").Pipe("a", "x");
        driver.Input("second").Pipe("a", "y");

        driver.Counts().ReadKeyValues().ShouldBe([KeyValuePair.Create("a", 1L), KeyValuePair.Create("a", 2L)]);
    }

    [Fact]
    public void A_combiner_sends_one_record_per_key_and_commit_with_the_latest_event_time()
    {
        using TopologyTestDriver driver = Run(
            b => b.Stream("in", Topologies.Timed)
                .MapValues("one", static (in Record<string, string> _) => 1L)
                .Repartition(Repartitioned.With("sums", Serdes.Utf8, Serdes.Int64).WithCombiner(static (all, next) => all + next))
                .To("out", Topologies.CountOut),
            new TopologyTestDriverOptions { CommitAfterEachRecord = false });
        TestOutputTopic<string, long> partials = driver.Counts("test-sums-repartition");
        TestInputTopic<string, string> input = driver.Input();
        input.Pipe("a", "100");
        input.Pipe("b", "50");
        input.Pipe("a", "70");
        driver.Commit();

        partials.ReadAll().Select(static r => (r.Key, r.Value, r.Timestamp)).ShouldBe([("a", 2L, 100L), ("b", 1L, 50L)]);
        driver.Counts().ReadKeyValues().ShouldBe([KeyValuePair.Create("a", 2L), KeyValuePair.Create("b", 1L)]);
    }

    [Fact]
    public void A_partitioner_chooses_the_partition_and_a_wrong_choice_names_the_limit()
    {
        TopologyTestDriverOptions options = new() { PartitionsOf = new Dictionary<string, int> { ["out"] = 4 } };
        using TopologyTestDriver driver = Run(
            b => b.Stream("in", Topologies.Text).To("out", Topologies.TextOut.WithPartitioner(static (key, _) => key.Length)), options);
        driver.Input().Pipe("abc", "x");
        driver.Output().ReadAll()[0].Partition.ShouldBe(3);

        ProcessingException error = Should.Throw<ProcessingException>(() => driver.Input().Pipe("abcd", "x"));
        error.Message.ShouldContain("partition 4");
        error.Message.ShouldContain("'out' has 4");
        error.Node.ShouldBe("to-out");
        error.Record.ShouldNotBeNull().Offset.ShouldBe(1);
    }

    [Fact]
    public void A_null_value_is_written_as_a_tombstone()
    {
        using TopologyTestDriver driver = Run(b => b.Stream("in", Topologies.Text)
            .MapValues<string>("drop", static (in Record<string, string> _) => null!)
            .To("out", Topologies.TextOut));
        driver.Input().Pipe("a", "x");

        driver.Output().ReadAll()[0].IsTombstone.ShouldBeTrue();
    }

    [Fact]
    public void What_user_code_throws_names_node_task_and_record()
    {
        using TopologyTestDriver driver = Run(b => b.Stream("in", Topologies.Text)
            .Filter("fragile", static (in Record<string, string> r) => r.Value == "bad" ? throw new InvalidOperationException("oh") : true)
            .To("out", Topologies.TextOut));
        driver.Input().Pipe("a", "good");

        ProcessingException error = Should.Throw<ProcessingException>(() => driver.Input().Pipe("a", "bad"));
        error.Node.ShouldBe("fragile");
        error.Task.ShouldBe(new TaskId("in", 0));
        error.Message.ShouldContain("topic 'in' partition 0 offset 1");
        error.InnerException.ShouldBeOfType<InvalidOperationException>();
        driver.Output().ReadAll().ShouldHaveSingleItem();
    }

    private static TopologyTestDriver Run(Action<StreamsBuilder> describe, TopologyTestDriverOptions? options = null)
    {
        var builder = new StreamsBuilder();
        describe(builder);
        return new TopologyTestDriver(builder.Build(), options);
    }
}
