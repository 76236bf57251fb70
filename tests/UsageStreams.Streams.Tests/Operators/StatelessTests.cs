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
}
