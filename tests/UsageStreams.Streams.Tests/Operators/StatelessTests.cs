using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Operators;

public sealed class StatelessTests
{
    [Fact]
    public void A_split_sends_each_record_the_first_way_that_takes_it()
    {
        using TopologyTestDriver driver = OperatorTest.Run(builder =>
        {
            KStream<string, string> orders = builder.Stream("in", Topologies.Text);
            KStream<string, string> rest = orders.Split("by-size")
                .Branch("large", static (in Record<string, string> order) => order.Value.Length > 5, out KStream<string, string> large)
                .Branch("medium", static (in Record<string, string> order) => order.Value.Length > 2, out KStream<string, string> medium)
                .Default("small");
            large.To("large", Topologies.TextOut);
            medium.To("medium", Topologies.TextOut);
            rest.To("small", Topologies.TextOut);
        });
        TestInputTopic<string, string> input = driver.Input();
        input.Pipe("a", "xxxxxxxx");
        input.Pipe("b", "xxx");
        input.Pipe("c", "x");

        driver.Output("large").ReadKeyValues().Sorted().ShouldBe(["a=xxxxxxxx"]);
        driver.Output("medium").ReadKeyValues().Sorted().ShouldBe(["b=xxx"]);
        driver.Output("small").ReadKeyValues().Sorted().ShouldBe(["c=x"]);
    }

    [Fact]
    public void A_split_shows_its_branches_and_refuses_one_name_twice()
    {
        var builder = new StreamsBuilder();
        builder.Stream("in", Topologies.Text).Split("by-size")
            .Branch("large", static (in Record<string, string> _) => true, out KStream<string, string> large);
        large.To("out", Topologies.TextOut);
        builder.Build().Describe().ShouldContain("  Split: by-size --> to-out [large]\n");

        OperatorTest.Problems(b => b.Stream("in", Topologies.Text).Split("by-size")
                .Branch("same", static (in Record<string, string> _) => true, out KStream<string, string> _)
                .Branch("same", static (in Record<string, string> _) => true, out KStream<string, string> _))
            .ShouldContain("Split 'by-size' has two branches named 'same'. Give one another name.");
    }

    [Fact]
    public void Keys_are_selected_values_flattened_and_records_peeked_at()
    {
        var seen = new List<string>();
        using TopologyTestDriver driver = OperatorTest.Run(builder => builder.Stream("in", Topologies.Text)
            .Peek("look", (in Record<string, string> record) => seen.Add(record.Value))
            .FlatMapValues("words", static (in Record<string, string> record, ValueEmitter<string> emitter) =>
            {
                foreach (string word in record.Value.Split(' '))
                    emitter.Emit(word);
            })
            .SelectKey("by-length", static (in Record<string, string> record) => record.Value.Length.ToString())
            .To("out", Topologies.TextOut));
        driver.Input().Pipe("a", "to be or", RecordHeaders.Empty.With("correlation-id", "7"));

        seen.ShouldBe(["to be or"]);
        IReadOnlyList<TestRecord<string, string>> written = driver.Output().ReadAll();
        written.Select(static r => $"{r.Key}={r.Value}").ShouldBe(["2=to", "2=be", "2=or"]);
        written.ShouldAllBe(static r => r.Headers.GetText("correlation-id") == "7");
    }

    [Fact]
    public void What_an_operator_throws_names_its_node()
    {
        using TopologyTestDriver driver = OperatorTest.Run(builder => builder.Stream("in", Topologies.Text)
            .FlatMapValues<string>("fragile", static (in Record<string, string> _, ValueEmitter<string> _) => throw new InvalidOperationException("oh"))
            .To("out", Topologies.TextOut));

        Should.Throw<ProcessingException>(() => driver.Input().Pipe("a", "x")).Node.ShouldBe("fragile");
    }

    [Fact]
    public void A_path_may_end_in_a_look()
    {
        var seen = new List<string>();
        using TopologyTestDriver driver = OperatorTest.Run(builder => builder.Stream("in", Topologies.Text)
            .Foreach("note", (in Record<string, string> record) => seen.Add($"{record.Key}={record.Value}")));
        driver.Input().Pipe("a", "x");

        seen.ShouldBe(["a=x"]);
    }

    [Fact]
    public void A_stream_goes_on_behind_a_topic_of_the_users_with_its_time()
    {
        var builder = new StreamsBuilder();
        builder.Stream("in", OperatorTest.Events)
            .Through(
                "between",
                Topologies.TextOut.WithWatermarks(TimeSpan.FromMilliseconds(1)),
                OperatorTest.Events.WithName("second").WithStreamTimeFromWatermarks())
            .MapValues("shout", static (in Record<string, string> record) => record.Value + "!")
            .To("out", Topologies.TextOut);
        Topology topology = builder.Build();
        topology.SubTopologies.Select(static s => s.Name).ShouldBe(["in", "second"]);
        using var driver = new TopologyTestDriver(topology);
        driver.Input().Pipe("a", "7:x");
        driver.Input("between").Pipe("b", "1:of another");

        driver.Output().ReadAll().Select(static r => r.Value).ShouldBe(["7:x!", "1:of another!"]);
        driver.StreamTime("second").ShouldBe(7);
    }

    [Fact]
    public void A_removal_from_a_table_with_event_times_has_the_present_stream_time()
    {
        using TopologyTestDriver driver = OperatorTest.Run(static builder => builder.Table(
                "in", OperatorTest.Events.WithCheck(static (in Record<string, string> record) => record.Value.Length.ShouldBeGreaterThan(0)))
            .ToStream("changes").MapValues("times", static (in Record<string, string> record) => $"{record.Timestamp}").To("out", Topologies.TextOut));
        driver.Input().Pipe("a", "7:x");
        driver.Input().PipeTombstone("a");

        driver.Output().ReadAll().Select(static r => r.Value).ShouldBe(["7", "7"]);
        driver.StreamTime("in").ShouldBe(7);
    }
}
