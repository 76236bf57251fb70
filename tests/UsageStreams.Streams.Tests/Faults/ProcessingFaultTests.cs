using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Operators;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests.Faults;

public sealed class ProcessingFaultTests
{
    private static readonly StoreBuilder<string, long> Sums = Stores.KeyValue("sums", Serdes.Utf8, Serdes.Int64);

    [Fact]
    public void The_dead_letter_is_the_record_as_read_however_deep_the_node_stands_that_failed()
    {
        using TopologyTestDriver driver = FaultTest.Run(static b => b.Stream("in", Topologies.Text)
            .Map("shout", static (in Record<string, string> r) => new Record<string, string>(r.Key + "!", r.Value.ToUpperInvariant(), r.Timestamp, RecordHeaders.Empty))
            .MapValues("check", static (in Record<string, string> r) => FaultTest.Check(r.Value))
            .To("out", Topologies.TextOut));
        driver.Input().Pipe("a", "fine");
        driver.Input().Pipe("a", "!bad", RecordHeaders.Empty.With("h", "1"));

        TestRecord<byte[], byte[]> dead = driver.Dead().ShouldHaveSingleItem();
        dead.Key.ShouldBe("a"u8.ToArray());
        dead.Value.ShouldBe("!bad"u8.ToArray());
        dead.Headers.GetText("h").ShouldBe("1");
        dead.Headers.GetText(DeadLetterHeaders.Node).ShouldBe("check");
        dead.Headers.GetText(DeadLetterHeaders.Exception).ShouldBe("System.FormatException");
        dead.Headers.GetText(DeadLetterHeaders.Message).ShouldBe("'!BAD' is poisoned.");
        dead.Headers.GetText(DeadLetterHeaders.StackTrace).ShouldNotBeNull().ShouldContain(nameof(FaultTest.Check));
        driver.OutValues().ShouldBe(["FINE"]);
        driver.Faults.ShouldBe([new FaultCount("check", FaultKind.Processing, FaultDecision.DeadLetter, 1)]);
    }

    [Fact]
    public void A_record_that_fails_before_it_changes_anything_is_left_out_at_once()
    {
        using TopologyTestDriver driver = Summing(checksFirst: true);
        driver.Input().Pipe("a", "one");
        driver.Input().Pipe("a", "!bad");
        driver.Input().Pipe("a", "three");

        driver.Commit();
        driver.Counts().ReadKeyValues().Select(static r => r.Value).ShouldBe([3, 8]);
        driver.DeadValues().ShouldBe(["!bad"]);
        driver.FaultRollbacks.ShouldBe(0);
    }

    [Fact]
    public void What_a_record_changed_and_sent_before_it_failed_is_taken_back_with_the_transaction()
    {
        using TopologyTestDriver driver = Summing(checksFirst: false);
        foreach (string value in (string[])["one", "!bad", "three", "!worse", "!worst", "four"])
            driver.Input().Pipe("a", value);

        driver.Commit();
        driver.Counts().ReadKeyValues().Select(static r => r.Value).ShouldBe([3, 8, 12]);
        driver.GetStore(Sums).Get("a").ShouldBe(12);
        driver.DeadValues().ShouldBe(["!bad", "!worse", "!worst"]);
        driver.FaultRollbacks.ShouldBe(3);
        driver.Faults.ShouldBe([new FaultCount("sum", FaultKind.Processing, FaultDecision.DeadLetter, 3)]);
    }

    [Fact]
    public void The_handler_is_asked_once_though_the_record_is_read_twice()
    {
        int asked = 0;
        var handling = FaultTest.ToDead with { Processing = _ => asked++ == 0 ? FaultDecision.Continue : FaultDecision.Stop };
        using TopologyTestDriver driver = Summing(checksFirst: false, handling);
        driver.Input().Pipe("a", "one");
        driver.Input().Pipe("a", "!bad");
        driver.Commit();

        asked.ShouldBe(1);
        driver.GetStore(Sums).Get("a").ShouldBe(3);
        driver.Faults.ShouldBe([new FaultCount("sum", FaultKind.Processing, FaultDecision.Continue, 1)]);
    }

    [Fact]
    public void A_value_that_is_changed_in_place_before_the_failure_is_taken_back_too()
    {
        StoreBuilder<string, List<string>> lists = Stores.KeyValue("lists", Serdes.Utf8, new ListSerde());
        using TopologyTestDriver driver = FaultTest.Run(b => b.Stream("in", Topologies.Text).GroupByKey()
            .Aggregate(
                static () => new List<string>(),
                static (List<string> all, in Record<string, string> r) =>
                {
                    all.Add(r.Value);
                    FaultTest.Check(r.Value);
                    return all;
                },
                Materialized.As("lists", Serdes.Utf8, new ListSerde()).WithEmit(EmitStrategy.OnUpdate))
            .ToStream("lists-out").To("out", Produced.With(Serdes.Utf8, new ListSerde())));
        driver.Input().Pipe("a", "one");
        driver.Input().Pipe("a", "!bad");
        driver.Input().Pipe("a", "two");

        driver.CreateOutputTopic("out", Serdes.Utf8, new ListSerde()).ReadAll().Select(static r => string.Join(' ', r.Value!)).ShouldBe(["one", "one two"]);
        driver.DeadValues().ShouldBe(["!bad"]);
        driver.FaultRollbacks.ShouldBe(1);
    }

    [Fact]
    public void What_a_combiner_holds_of_a_record_that_fails_later_is_taken_back()
    {
        using TopologyTestDriver driver = FaultTest.Run(
            static b => b.Stream("in", Topologies.Text)
                .FlatMap("split", static (in Record<string, string> r, Emitter<string, long> emitter) =>
                {
                    foreach (char letter in r.Value)
                        emitter.Emit(letter is '?' ? FaultTest.Check("!letter") : letter.ToString(), 1);
                })
                .Repartition(Repartitioned.With("letters", Serdes.Utf8, Serdes.Int64).WithCombiner(static (all, next) => all + next))
                .To("out", FaultTest.CountOut),
            OperatorTest.CommitByHand);
        driver.Input().Pipe("k", "ab");
        driver.Input().Pipe("k", "bc?");
        driver.Input().Pipe("k", "ca");
        driver.Commit();

        driver.Counts().ReadKeyValues().Sorted().ShouldBe(["a=2", "b=1", "c=1"]);
        driver.DeadValues().ShouldBe(["bc?"]);
        driver.FaultRollbacks.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_record_that_is_left_out_does_not_move_the_stream_time(bool checksFirst)
    {
        using TopologyTestDriver driver = FaultTest.Run(b => b.Stream("in", Topologies.Text.WithTimestamps(static (in Record<string, string> r, long _) => r.Value.Length))
            .Process("sum", () => new FailingSum(Sums, checksFirst), Sums).To("out", FaultTest.CountOut));
        driver.Input().Pipe("a", "three");
        driver.Input().Pipe("a", "!much longer");

        driver.StreamTime("in").ShouldBe(5);
        driver.FaultRollbacks.ShouldBe(checksFirst ? 0 : 1);
    }

    [Fact]
    public void Behind_a_repartition_the_dead_letter_is_the_record_of_the_repartition_topic()
    {
        using TopologyTestDriver driver = FaultTest.Run(static b => b.Stream("in", Topologies.Text)
            .SelectKey("length", static (in Record<string, string> r) => r.Value.Length.ToString())
            .Repartition(Repartitioned.With("lengths", Serdes.Utf8, Serdes.Utf8))
            .MapValues("check", static (in Record<string, string> r) => FaultTest.Check(r.Value))
            .To("out", Topologies.TextOut));
        driver.Input().Pipe("a", "!bad", RecordHeaders.Empty.With("h", "1"));

        TestRecord<byte[], byte[]> dead = driver.Dead().ShouldHaveSingleItem();
        dead.Key.ShouldBe("4"u8.ToArray());
        dead.Headers.GetText("h").ShouldBe("1");
        dead.Headers.GetText(DeadLetterHeaders.Topic).ShouldBe("test-lengths-repartition");
        dead.Headers.GetText(DeadLetterHeaders.Task).ShouldBe("lengths/0");
    }

    [Fact]
    public void A_serde_that_a_processor_calls_itself_is_a_fault_of_processing()
    {
        using TopologyTestDriver driver = FaultTest.Run(static b => b.Stream("in", Topologies.Text)
            .MapValues("decode", static (in Record<string, string> r) => Serdes.Int64.Deserialize(System.Text.Encoding.UTF8.GetBytes(r.Value)))
            .To("out", FaultTest.CountOut));
        driver.Input().Pipe("a", "abc");

        driver.DeadValues().ShouldBe(["abc"]);
        driver.Faults.ShouldHaveSingleItem().Kind.ShouldBe(FaultKind.Processing);
    }

    [Fact]
    public void What_is_not_available_is_no_fault_of_the_record()
    {
        using TopologyTestDriver driver = FaultTest.Run(static b => b.Stream("in", Topologies.Text)
            .MapValues<string>("ask", static (in Record<string, string> r) => throw new RetriableException("the registry is away"))
            .To("out", Topologies.TextOut));

        Should.Throw<RetriableException>(() => driver.Input().Pipe("a", "x"));
        driver.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void A_handler_may_stop_the_application()
    {
        var handling = FaultTest.ToDead with { Processing = FaultHandlers.Stop };
        using TopologyTestDriver driver = Summing(checksFirst: false, handling);

        ProcessingException error = Should.Throw<ProcessingException>(() => driver.Input().Pipe("a", "!bad"));
        error.Node.ShouldBe("sum");
        error.Record.ShouldBe(new RecordMetadata("in", 0, 0, error.Record!.Value.Arrival));
        driver.Faults.ShouldBe([new FaultCount("sum", FaultKind.Processing, FaultDecision.Stop, 1)]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Through_commits_and_crashes_the_result_is_that_of_the_sound_records(int seed)
    {
        var random = new Random(seed);
        bool checksFirst = random.Next(2) == 0;
        (string Key, string Value)[] records =
            [.. Enumerable.Range(0, 400).Select(i => ($"k{random.Next(5)}", (random.Next(10) == 0 ? "!" : "") + new string('x', random.Next(1, 9)) + i))];
        using TopologyTestDriver driver = Summing(checksFirst);
        driver.PipeWithCrashes(random, records);

        var expected = records.Where(static r => r.Value[0] != '!').GroupBy(static r => r.Key).ToDictionary(static g => g.Key, static g => (long)g.Sum(static r => r.Value.Length));
        driver.GetStore(Sums).All.Sorted().ShouldBe(expected.Sorted());
        driver.Counts().ReadAll().Count.ShouldBe(records.Count(static r => r.Value[0] != '!'));
        driver.DeadValues().ShouldBe(records.Select(static r => r.Value).Where(static v => v[0] == '!'));
        driver.Faults.ShouldHaveSingleItem().Count.ShouldBe(records.Count(static r => r.Value[0] == '!'));
    }

    private static TopologyTestDriver Summing(bool checksFirst, FaultHandling? handling = null) => FaultTest.Run(
        b => b.Stream("in", Topologies.Text).Process("sum", () => new FailingSum(Sums, checksFirst), Sums).To("out", FaultTest.CountOut), OperatorTest.CommitByHand, handling);

    private sealed class ListSerde : ISerde<List<string>>
    {
        public void Serialize(List<string> value, System.Buffers.IBufferWriter<byte> output) => Serdes.Utf8.Serialize(string.Join(' ', value), output);

        public List<string> Deserialize(ReadOnlySpan<byte> data) => [.. Serdes.Utf8.Deserialize(data).Split(' ')];
    }
}
