using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests;

public sealed class ProcessorTests
{
    [Fact]
    public void A_side_output_carries_what_is_forwarded_to_it_with_inherited_headers()
    {
        var odd = new SideOutput<string, string>("odd");
        var builder = new StreamsBuilder();
        ProcessedStream<string, string> split = builder.Stream("in", Topologies.Text).Process("split", () => new Split(odd));
        split.To("out", Topologies.TextOut);
        split.SideOutput(odd).To("odd", Topologies.TextOut);
        using var driver = new TopologyTestDriver(builder.Build());
        driver.Input().Pipe("a", "xx");
        driver.Input().Pipe("b", "xxx", RecordHeaders.Empty.With("h", "1"));

        driver.Output().ReadKeyValues().ShouldBe([KeyValuePair.Create("a", "xx")]);
        driver.Output("odd").ReadAll().ShouldHaveSingleItem().Headers.GetText("h").ShouldBe("1");
    }

    [Fact]
    public void A_side_output_that_leads_nowhere_is_an_error_and_not_a_loss()
    {
        var odd = new SideOutput<string, string>("odd");
        var builder = new StreamsBuilder();
        builder.Stream("in", Topologies.Text).Process("split", () => new Split(odd)).To("out", Topologies.TextOut);
        using var driver = new TopologyTestDriver(builder.Build());

        Should.Throw<StreamsException>(() => driver.Input().Pipe("b", "xxx")).Message.ShouldContain("side output 'odd'");
    }

    [Fact]
    public void A_store_that_is_not_connected_is_named_with_the_fix()
    {
        StoreBuilder<string, long> counts = Stores.KeyValue("counts", Serdes.Utf8, Serdes.Int64);
        var builder = new StreamsBuilder();
        builder.Stream("in", Topologies.Text).Process("count", () => new CountProcessor(counts)).To("out", Topologies.CountOut);

        Should.Throw<StreamsException>(() => new TopologyTestDriver(builder.Build())).Message.ShouldContain("asks for store 'counts', which is not connected");
    }

    [Fact]
    public void A_global_table_is_looked_up_and_survives_a_restart()
    {
        var builder = new StreamsBuilder();
        GlobalKTable<string, string> names = builder.GlobalTable("names", Topologies.Text);
        builder.Stream("in", Topologies.Text).Process("resolve", () => new Lookup(names)).To("out", Topologies.TextOut);
        using var driver = new TopologyTestDriver(builder.Build());
        TestInputTopic<string, string> table = driver.Input("names");
        table.Pipe("a", "Ada");
        table.Pipe("b", "Bob");
        table.PipeTombstone("b");
        driver.Input().Pipe("a", "?");
        driver.Restart();
        driver.Input().Pipe("a", "?");
        driver.Input().Pipe("b", "?");

        driver.Output().ReadKeyValues().Select(static r => r.Value).ShouldBe(["Ada", "Ada", "nobody"]);
    }

    [Fact]
    public void Each_task_knows_how_many_partitions_its_input_has()
    {
        var builder = new StreamsBuilder();
        builder.Stream("in", Topologies.Text).Process("count", static () => new Places()).To("out", Topologies.TextOut);
        using var driver = new TopologyTestDriver(builder.Build(), new TopologyTestDriverOptions { Partitions = 3 });
        for (int partition = 0; partition < 3; partition++)
            driver.Input().Pipe("a", "?", partition: partition);

        driver.Output().ReadKeyValues().Select(static r => r.Value).ShouldBe(["0 of 3", "1 of 3", "2 of 3"]);
    }

    [Fact]
    public void Punctuation_by_stream_time_comes_once_for_all_boundaries_passed()
    {
        var calls = new List<long>();
        using TopologyTestDriver driver = Schedule(PunctuationType.StreamTime, calls);
        TestInputTopic<string, string> input = driver.Input();
        input.Pipe("a", "1500");
        input.Pipe("a", "1999");
        input.Pipe("a", "7300");
        input.Pipe("a", "7000");
        input.Pipe("a", "8000");

        calls.ShouldBe([1500, 7300, 8000]);
    }

    [Fact]
    public void Punctuation_by_wall_clock_follows_the_drivers_clock()
    {
        var calls = new List<long>();
        using TopologyTestDriver driver = Schedule(PunctuationType.WallClock, calls);
        driver.AdvanceWallClock(TimeSpan.FromMilliseconds(999));
        calls.ShouldBeEmpty();
        driver.AdvanceWallClock(TimeSpan.FromMilliseconds(1));
        driver.AdvanceWallClock(TimeSpan.FromSeconds(5));

        calls.Count.ShouldBe(2);
    }

    [Fact]
    public void Undecodable_records_carry_bytes_headers_and_cause()
    {
        var builder = new StreamsBuilder();
        KStream<string, long> numbers = builder.Stream("in", Consumed.With(Serdes.Utf8, Serdes.Int64), out KStream<byte[]?, UndecodableRecord> undecodable);
        numbers.To("out", Topologies.CountOut);
        undecodable.Map("why", static (in Record<byte[]?, UndecodableRecord> r) => r.With(r.Value.Reason.ToString(), $"{r.Value.Source.Offset} {r.Value.Cause}"))
            .To("bad", Topologies.TextOut);
        using var driver = new TopologyTestDriver(builder.Build());
        TestInputTopic<string, long> input = driver.CreateInputTopic("in", Serdes.Utf8, Serdes.Int64);
        input.PipeRaw("a"u8.ToArray(), [1, 2], RecordHeaders.Empty.With("h", "1"));
        input.PipeTombstone("a");
        input.PipeRaw(null, [1]);
        input.PipeRaw([0xff], [1]);
        input.Pipe("a", 7);

        IReadOnlyList<TestRecord<string, string>> bad = driver.Output("bad").ReadAll();
        bad.Select(static r => r.Key).ShouldBe(["Value", "NullValue", "NullKey", "Key"]);
        bad[0].Headers.GetText("h").ShouldBe("1");
        bad[0].Value.ShouldNotBeNull().ShouldContain("8 bytes");
        driver.Counts().ReadKeyValues().ShouldBe([KeyValuePair.Create("a", 7L)]);
    }

    [Fact]
    public void An_undecodable_record_that_nobody_asked_for_stops_the_application_and_names_its_place()
    {
        var builder = new StreamsBuilder();
        builder.Stream("in", Consumed.With(Serdes.Utf8, Serdes.Int64)).To("out", Topologies.CountOut);
        using var driver = new TopologyTestDriver(builder.Build());

        ProcessingException error = Should.Throw<ProcessingException>(() => driver.Input().Pipe("a", "xyz"));
        error.Message.ShouldContain("topic 'in' partition 0 offset 0");
        error.Message.ShouldContain("out undecodable");
    }

    private static TopologyTestDriver Schedule(PunctuationType type, List<long> calls)
    {
        var builder = new StreamsBuilder();
        builder.Stream("in", Topologies.Timed).Process("tick", () => new Ticker(type, calls)).To("out", Topologies.TextOut);
        return new TopologyTestDriver(builder.Build());
    }

    private sealed class Places : IProcessor<string, string, string, string>
    {
        private ProcessorContext<string, string> _context = null!;

        public void Init(ProcessorContext<string, string> context) => _context = context;

        public void Process(in Record<string, string> record) => _context.Forward(record.With(record.Key, $"{_context.TaskId.Partition} of {_context.Partitions}"));
    }

    private sealed class Split(SideOutput<string, string> odd) : IProcessor<string, string, string, string>
    {
        private ProcessorContext<string, string> _context = null!;

        public void Init(ProcessorContext<string, string> context) => _context = context;

        public void Process(in Record<string, string> record)
        {
            if (record.Value.Length % 2 == 0)
                _context.Forward(in record);
            else
                _context.Forward(odd, new Record<string, string>(record.Key, record.Value, record.Timestamp));
        }
    }

    private sealed class Lookup(GlobalKTable<string, string> names) : IProcessor<string, string, string, string>
    {
        private ProcessorContext<string, string> _context = null!;
        private TableView<string, string> _names = null!;

        public void Init(ProcessorContext<string, string> context)
        {
            _context = context;
            _names = context.GetTable(names);
        }

        public void Process(in Record<string, string> record) => _context.Forward(record.WithValue(_names.Get(record.Key) ?? "nobody"));
    }

    private sealed class Ticker(PunctuationType type, List<long> calls) : IProcessor<string, string, string, string>
    {
        public void Init(ProcessorContext<string, string> context) => context.Schedule(TimeSpan.FromSeconds(1), type, calls.Add);

        public void Process(in Record<string, string> record)
        {
        }
    }
}
