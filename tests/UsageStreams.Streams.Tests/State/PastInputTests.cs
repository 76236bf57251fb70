using UsageStreams.Streams.Testing;

namespace UsageStreams.Streams.Tests.State;

/// <summary>A task's own input, read once more beside the task.</summary>
public sealed class PastInputTests
{
    private static readonly TopologyTestDriverOptions ByHand = new() { CommitAfterEachRecord = false };

    [Fact]
    public void It_has_what_the_task_has_processed_from_the_first_arrival_asked_for()
    {
        var past = new PastOfText { FromArrival = At(1) };
        using TopologyTestDriver driver = Start(past, ByHand, out TestInputTopic<string, string> input);
        input.Pipe("a", "before");
        driver.AdvanceWallClock(TimeSpan.FromSeconds(1));
        input.Pipe("a", "1");
        input.Pipe("b", "2");

        past.Open();
        past.Read(100).ShouldBeTrue();

        past.Taken.ShouldBe([$"a=1@1 {At(1)}", $"b=2@2 {At(1)}"]);
        past.Input.Start.ShouldBe(new PastInputStart(1, At(1), IsCutOff: false));
    }

    [Fact]
    public void It_is_read_in_slices_and_follows_the_task_which_goes_on_meanwhile()
    {
        var past = new PastOfText();
        using TopologyTestDriver driver = Start(past, ByHand, out TestInputTopic<string, string> input);
        for (int i = 0; i < 5; i++)
            input.Pipe("a", $"{i}");
        past.Open();

        past.Read(3).ShouldBeFalse();
        past.Input.Lag.ShouldBe(2);
        input.Pipe("a", "5");
        past.Read(2).ShouldBeFalse();
        past.Read(2).ShouldBeTrue();
        past.Read(2).ShouldBeTrue();
        input.Pipe("a", "6");
        past.Input.Lag.ShouldBe(1);
        past.Read(2).ShouldBeTrue();

        past.Taken.Select(static t => t[2..3]).ShouldBe(["0", "1", "2", "3", "4", "5", "6"]);
    }

    [Fact]
    public void Inside_process_the_record_at_hand_is_the_last()
    {
        var past = new PastOfText { ReadsAt = "now" };
        using TopologyTestDriver driver = Start(past, ByHand, out TestInputTopic<string, string> input);
        input.Pipe("a", "1");
        input.Pipe("a", "now");

        past.Taken.Select(static t => t[..t.IndexOf('@')]).ShouldBe(["a=1", "a=now"]);
        past.HasReached.ShouldBeTrue();
    }

    [Fact]
    public void What_the_source_rejects_and_watermarks_are_left_out()
    {
        var past = new PastOfText();
        using TopologyTestDriver driver = Start(past, ByHand, out TestInputTopic<string, string> input);
        input.Pipe("a", "1");
        input.Pipe("a", "bad");
        input.PipeRaw(null, "no key"u8.ToArray());
        input.PipeWatermark(0, 12);
        input.Pipe("a", "2");

        past.Open();
        past.Read(100).ShouldBeTrue();

        past.Taken.Select(static t => t[..t.IndexOf('@')]).ShouldBe(["a=1", "a=2"]);
    }

    [Fact]
    public void After_a_restart_it_ends_at_the_task_s_position_then()
    {
        var past = new PastOfText();
        using TopologyTestDriver driver = Start(past, ByHand, out TestInputTopic<string, string> input);
        input.Pipe("a", "1");
        driver.Commit();
        driver.Restart();

        past.Open();
        past.Read(100).ShouldBeTrue();
        past.Taken.Select(static t => t[..t.IndexOf('@')]).ShouldBe(["a=1"]);
    }

    [Fact]
    public void Single_records_are_read_at_their_offsets_in_the_order_of_the_log()
    {
        var past = new PastOfText();
        using TopologyTestDriver driver = Start(past, ByHand, out TestInputTopic<string, string> input);
        foreach (string value in (string[])["0", "1", "bad", "3", "4"])
            input.Pipe("a", value);

        past.Open([4, 2, 1, 99, 1]);
        past.Read(1).ShouldBeFalse();
        past.Read(100).ShouldBeTrue();

        past.Taken.Select(static t => t[..t.IndexOf('@')]).ShouldBe(["a=1", "a=4"], "what the source rejects is left out, and what the task has not come to");
        past.Input.Start.ShouldBe(new PastInputStart(1, null, IsCutOff: false));
    }

    [Fact]
    public void Of_no_offsets_nothing_is_read()
    {
        var past = new PastOfText();
        using TopologyTestDriver driver = Start(past, ByHand, out TestInputTopic<string, string> input);
        input.Pipe("a", "1");
        past.Open([]);

        past.Read(100).ShouldBeTrue();
        past.Taken.ShouldBeEmpty();
    }

    [Fact]
    public void With_nothing_processed_there_is_no_past()
    {
        var past = new PastOfText();
        using TopologyTestDriver driver = Start(past, ByHand, out _);
        past.Open();
        past.Read(1).ShouldBeTrue();
        past.Input.Start.ShouldBe(new PastInputStart(0, null, IsCutOff: false));
    }

    [Fact]
    public void After_its_action_threw_it_can_t_go_on_because_nobody_knows_what_was_taken()
    {
        var past = new PastOfText();
        using TopologyTestDriver driver = Start(past, ByHand, out TestInputTopic<string, string> input);
        input.Pipe("a", "1");
        past.Open();

        Should.Throw<InvalidOperationException>(() => past.Input.Read(1, static (in Record<string, string> _, in RecordMetadata _) => throw new InvalidOperationException("no")));

        Should.Throw<StreamsException>(() => past.Read(1)).Message.ShouldContain("what was taken is not known");
    }

    [Fact]
    public void It_can_be_neither_read_nor_disposed_inside_its_own_action()
    {
        var past = new PastOfText();
        using TopologyTestDriver driver = Start(past, ByHand, out TestInputTopic<string, string> input);
        input.Pipe("a", "1");
        past.Open();
        past.Input.Read(1, (in Record<string, string> _, in RecordMetadata _) =>
        {
            Should.Throw<StreamsException>(() => past.Read(1)).Message.ShouldContain("inside its own action");
            Should.Throw<InvalidOperationException>(past.Input.Dispose);
        });
        past.Input.Dispose();
    }

    [Fact]
    public void Other_types_than_the_source_s_are_refused_with_both_named()
    {
        var past = new PastOfText();
        using TopologyTestDriver driver = Start(past, ByHand, out _);
        Should.Throw<StreamsException>(() => past.Context.ReadPast<string, long>(0)).Message
            .ShouldBe("Processor 'reader' reads the past as records of String, Int64, and its source 'events' has String, String. Give ReadPast the source's types.");
    }

    [Fact]
    public void A_repartition_topic_has_no_past()
    {
        var past = new PastOfText();
        var builder = new StreamsBuilder();
        builder.Stream("events", Consumed.With(Serdes.Utf8, Serdes.Utf8)).Repartition(Repartitioned.With("again", Serdes.Utf8, Serdes.Utf8))
            .Process("reader", () => past).To("out", Produced.With(Serdes.Utf8, Serdes.Utf8));
        using var driver = new TopologyTestDriver(builder.Build());

        Should.Throw<StreamsException>(past.Open).Message.ShouldContain("test-again-repartition, a repartition topic, which is deleted when it is read");
    }

    private static long At(int seconds) => new DateTimeOffset(2026, 1, 1, 0, 0, seconds, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static TopologyTestDriver Start(PastOfText past, TopologyTestDriverOptions options, out TestInputTopic<string, string> input)
    {
        var builder = new StreamsBuilder();
        builder.Stream(
            "events",
            Consumed.With(Serdes.Utf8, Serdes.Utf8).WithCheck(static (in Record<string, string> record) =>
            {
                if (record.Value == "bad")
                    throw new UndecodableException("bad");
            }),
            out KStream<byte[]?, UndecodableRecord> undecodable)
            .Process("reader", () => past)
            .To("out", Produced.With(Serdes.Utf8, Serdes.Utf8));
        undecodable.Foreach("rejected", static (in Record<byte[]?, UndecodableRecord> _) => { });
        var driver = new TopologyTestDriver(builder.Build(), options with { Clock = new ManualTimeProvider() });
        input = driver.CreateInputTopic("events", Serdes.Utf8, Serdes.Utf8);
        return driver;
    }

    private sealed class PastOfText : IProcessor<string, string, string, string>
    {
        public ProcessorContext<string, string> Context { get; private set; } = null!;

        public long FromArrival { get; init; }

        public string? ReadsAt { get; init; }

        public PastInput<string, string> Input { get; private set; } = null!;

        public bool HasReached { get; private set; }

        public List<string> Taken { get; } = [];

        public void Init(ProcessorContext<string, string> context) => Context = context;

        public void Process(in Record<string, string> record)
        {
            if (record.Value != ReadsAt)
                return;
            Open();
            HasReached = Read(100);
        }

        public void Open() => Input = Context.ReadPast<string, string>(FromArrival);

        public void Open(IEnumerable<long> offsets) => Input = Context.ReadPast<string, string>(offsets);

        public bool Read(int maxRecords) => Input.Read(
            maxRecords,
            (in Record<string, string> record, in RecordMetadata metadata) => Taken.Add($"{record.Key}={record.Value}@{metadata.Offset} {metadata.Arrival}"));
    }
}
