using System.Text;
using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Faults;

public sealed class DeserializationFaultTests
{
    private static readonly Consumed<string, long> Numbers = Consumed.With(Serdes.Utf8, Serdes.Int64);

    [Fact]
    public void A_dead_letter_has_the_bytes_and_headers_as_read_and_the_cause()
    {
        using TopologyTestDriver driver = FaultTest.Run(static b => b.Stream("in", Numbers.WithName("numbers")).To("out", FaultTest.CountOut));
        TestInputTopic<string, long> input = driver.CreateInputTopic("in", Serdes.Utf8, Serdes.Int64);
        input.Pipe("a", 7);
        input.PipeRaw("b"u8.ToArray(), [1, 2], RecordHeaders.Empty.With("h", "1").With(DeadLetterHeaders.Message, "an older cause"));
        input.Pipe("a", 8);

        driver.Counts().ReadKeyValues().Select(static r => r.Value).ShouldBe([7, 8]);
        TestRecord<byte[], byte[]> dead = driver.Dead().ShouldHaveSingleItem();
        dead.Key.ShouldBe("b"u8.ToArray());
        dead.Value.ShouldBe([1, 2]);
        Text(dead.Headers).ShouldBe(
        [
            "h=1",
            "__streams.errors.exception=UsageStreams.Streams.UndecodableException",
            $"__streams.errors.message={dead.Headers.GetText(DeadLetterHeaders.Message)}",
            "__streams.errors.topic=in", "__streams.errors.partition=0", "__streams.errors.offset=1",
            "__streams.errors.task=numbers/0", "__streams.errors.node=numbers", "__streams.errors.kind=Deserialization",
        ]);
        dead.Headers.GetText(DeadLetterHeaders.Message).ShouldNotBeNull().ShouldContain("8 bytes");
        driver.Faults.ShouldBe([new FaultCount("numbers", FaultKind.Deserialization, FaultDecision.DeadLetter, 1)]);
        driver.FaultRollbacks.ShouldBe(0);
    }

    [Fact]
    public void Records_without_key_or_value_and_unreadable_watermarks_are_decided_about_too()
    {
        using TopologyTestDriver driver = FaultTest.Run(static b => b.Stream("in", Topologies.Timed).To("out", Topologies.TextOut));
        TestInputTopic<string, string> input = driver.Input();
        input.PipeRaw(null, "5"u8.ToArray());
        input.PipeTombstone("a");
        input.PipeRaw(null, null, RecordHeaders.Empty.With("us-watermark", "soon"));
        input.Pipe("a", "no time");
        input.Pipe("a", "6");

        IReadOnlyList<TestRecord<byte[], byte[]>> dead = driver.Dead();
        dead.Select(static d => d.Key is null).ShouldBe([true, false, false]);
        driver.Faults.ShouldHaveSingleItem().Count.ShouldBe(4);
        driver.OutValues().ShouldBe(["6"]);
        driver.StreamTime("in").ShouldBe(6);
    }

    [Fact]
    public void To_continue_leaves_the_record_out_and_counts_it()
    {
        var handling = new FaultHandling { Deserialization = FaultHandlers.Continue };
        using TopologyTestDriver driver = FaultTest.Run(static b => b.Stream("in", Numbers).To("out", FaultTest.CountOut), faults: handling);
        driver.Input().Pipe("a", "xyz");
        driver.Input().Pipe("a", "12345678");

        driver.Counts().ReadAll().Count.ShouldBe(1);
        driver.Faults.ShouldBe([new FaultCount("in", FaultKind.Deserialization, FaultDecision.Continue, 1)]);
    }

    [Fact]
    public void A_handler_sees_what_failed_and_where_once_for_each_record()
    {
        var faults = new List<Fault>();
        var handling = FaultTest.ToDead with
        {
            Deserialization = fault =>
            {
                faults.Add(fault);
                return fault.Key!.Length == 1 ? FaultDecision.DeadLetter : FaultDecision.Continue;
            },
        };
        using TopologyTestDriver driver = FaultTest.Run(static b => b.Stream("in", Numbers).To("out", FaultTest.CountOut), faults: handling);
        driver.Input().Pipe("a", "xyz");
        driver.Input().Pipe("bb", "xy");

        driver.DeadValues().ShouldBe(["xyz"]);
        faults.Count.ShouldBe(2);
        faults[1].ShouldSatisfyAllConditions(
            static f => f.Kind.ShouldBe(FaultKind.Deserialization),
            static f => f.Node.ShouldBe("in"),
            static f => f.Task.ShouldBe(new TaskId("in", 0)),
            static f => f.Record!.Value.Offset.ShouldBe(1),
            static f => f.Value.ShouldBe("xy"u8.ToArray()),
            static f => f.Exception.ShouldBeOfType<UndecodableException>());
    }

    [Fact]
    public void Where_the_topology_takes_the_undecodable_stream_no_handler_is_asked()
    {
        var handling = FaultTest.ToDead with { Deserialization = static _ => throw new InvalidOperationException("asked") };
        using TopologyTestDriver driver = FaultTest.Run(
            static b =>
            {
                b.Stream("in", Numbers, out KStream<byte[]?, UndecodableRecord> undecodable).To("out", FaultTest.CountOut);
                undecodable.Map("why", static (in Record<byte[]?, UndecodableRecord> r) => r.With("k", r.Value.Reason.ToString())).To("bad", Topologies.TextOut);
            },
            faults: handling);
        driver.Input().Pipe("a", "xyz");

        driver.OutValues("bad").ShouldBe(["Value"]);
    }

    [Fact]
    public void A_source_may_decide_otherwise_than_its_topology()
    {
        using TopologyTestDriver driver = FaultTest.Run(static b =>
        {
            b.Stream("in", Numbers).To("out", FaultTest.CountOut);
            b.Stream("strict", Numbers.WithFaults(new FaultHandling())).To("out2", FaultTest.CountOut);
        });
        driver.Input().Pipe("a", "xyz");

        driver.DeadValues().ShouldBe(["xyz"]);
        Should.Throw<ProcessingException>(() => driver.Input("strict").Pipe("a", "xyz")).Message.ShouldContain("HandleFaults");
    }

    [Fact]
    public void A_handler_that_fails_stops_the_application_and_is_named()
    {
        var handling = FaultTest.ToDead with { Deserialization = static _ => throw new InvalidOperationException("no idea") };
        using TopologyTestDriver driver = FaultTest.Run(static b => b.Stream("in", Numbers).To("out", FaultTest.CountOut), faults: handling);

        StreamsException error = Should.Throw<StreamsException>(() => driver.Input().Pipe("a", "xyz"));
        error.Message.ShouldContain("handler of Deserialization faults failed itself");
        error.Message.ShouldContain("topic 'in' partition 0 offset 0: no idea");
    }

    [Fact]
    public void Of_a_million_records_one_in_a_hundred_is_bad_and_every_one_is_where_it_belongs()
    {
        const int Records = 1_000_000;
        int asked = 0;
        var handling = FaultTest.ToDead with
        {
            Deserialization = _ =>
            {
                asked++;
                return FaultDecision.DeadLetter;
            },
        };
        StoreBuilder<string, long> counts = Stores.KeyValue("counts", Serdes.Utf8, Serdes.Int64);
        using TopologyTestDriver driver = FaultTest.Run(
            b => b.Stream("in", Numbers).Process("count", () => new Counter(counts), counts).To("out", FaultTest.CountOut),
            new TopologyTestDriverOptions { CommitAfterEachRecord = false },
            handling);
        TestInputTopic<string, string> input = driver.Input();
        for (int i = 0; i < Records; i++)
            input.Pipe(i % 2 == 0 ? "a" : "b", i % 100 == 37 ? "bad" : "12345678");
        driver.Commit();

        driver.Dead().Count.ShouldBe(Records / 100);
        asked.ShouldBe(Records / 100);
        driver.Faults.ShouldHaveSingleItem().Count.ShouldBe(Records / 100);
        driver.FaultRollbacks.ShouldBe(0);
        (driver.GetStore(counts).Get("a"), driver.GetStore(counts).Get("b")).ShouldBe((500_000, 490_000));
    }

    private static string[] Text(RecordHeaders headers) => [.. headers.Select(static h => $"{h.Key}={Encoding.UTF8.GetString(h.Value!)}")];

    private sealed class Counter(StoreBuilder<string, long> store) : IProcessor<string, long, string, long>
    {
        private KeyValueStore<string, long> _counts = null!;

        public void Init(ProcessorContext<string, long> context) => _counts = context.GetStore(store);

        public void Process(in Record<string, long> record) => _counts.Put(record.Key, _counts.Get(record.Key) + 1);
    }
}
