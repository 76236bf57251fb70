using System.Buffers;
using Microsoft.Extensions.Logging;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Tests.Support;

namespace UsageStreams.Streams.Tests;

/// <summary>Records are read before it is their turn, so that what is looked up for them is fetched; nothing else changes by it.</summary>
public sealed class ReadAheadTests
{
    private readonly List<string> _events = [];

    [Fact]
    public void A_batch_is_told_to_the_processor_before_its_first_record_is_processed_and_each_record_is_read_once()
    {
        StreamTask task = Task(builder => builder.Stream("in", Consumed.With(Serdes.Utf8, new Telling(_events)))
            .Filter("all", static (in Record<string, string> _) => true)
            .Process("look", () => new Looking(_events)).To("out", Topologies.TextOut));
        Feed(task, "a", "b", "c");

        _events.ShouldBe(["read a", "ahead a", "read b", "ahead b", "read c", "ahead c", "process a", "process b", "process c"]);
    }

    [Fact]
    public void What_is_wrong_with_a_record_is_told_when_it_is_its_turn()
    {
        StreamTask task = Task(builder =>
        {
            builder.Stream("in", Consumed.With(Serdes.Utf8, new Telling(_events)), out KStream<byte[]?, UndecodableRecord> undecodable)
                .Process("look", () => new Looking(_events)).To("out", Topologies.TextOut);
            undecodable.Foreach("rejected", (in Record<byte[]?, UndecodableRecord> record) => _events.Add($"rejected at {record.Value.Source.Offset}: {record.Value.Cause}"));
        });
        Feed(task, "a", "bad", "c");

        _events.ShouldBe(["read a", "ahead a", "read bad", "read c", "ahead c", "process a", "rejected at 1: bad is bad", "process c"]);
    }

    [Fact]
    public void What_a_check_throws_names_the_record_that_it_was_thrown_for_and_not_the_one_at_hand()
    {
        StreamTask task = Task(builder => builder
            .Stream("in", Topologies.Text.WithName("texts").WithCheck(static (in Record<string, string> record) =>
            {
                if (record.Value == "c")
                    throw new InvalidOperationException("a bug of the check");
            }))
            .Process("look", () => new Looking(_events)).To("out", Topologies.TextOut));
        ProcessingException failure = Should.Throw<ProcessingException>(() => Feed(task, "a", "b", "c"));

        failure.Node.ShouldBe("texts");
        failure.Record!.Value.Offset.ShouldBe(2);
        failure.InnerException.ShouldBeOfType<InvalidOperationException>();
        _events.ShouldBe(["ahead a", "ahead b", "process a", "process b"]);
    }

    [Fact]
    public void A_serde_that_has_to_try_again_stops_its_own_record_and_none_before_it()
    {
        StreamTask task = Task(builder => builder.Stream("in", Consumed.With(Serdes.Utf8, new Telling(_events)))
            .Process("look", () => new Looking(_events)).To("out", Topologies.TextOut));
        Should.Throw<RetriableException>(() => Feed(task, "a", "away"));

        _events.ShouldBe(["read a", "ahead a", "read away", "process a"]);
    }

    [Fact]
    public void A_key_that_can_not_be_chosen_for_what_a_filter_takes_out_harms_nothing()
    {
        var builder = new StreamsBuilder();
        GlobalKTable<string, string> names = builder.GlobalTable("names", Topologies.Text);
        builder.Stream("in", Topologies.Text)
            .Filter("long", static (in Record<string, string> record) => record.Value.Length > 2)
            .LeftJoin("named", names, static (in Record<string, string> record) => record.Value[2..], static (_, text, name) => $"{text}={name}")
            .To("out", Topologies.TextOut);
        using var driver = new TopologyTestDriver(builder.Build());
        driver.Input("names").Pipe("c", "C");
        foreach (string text in new[] { "abc", "", "x", "zzc" })
            driver.Input().Pipe("k", text);

        driver.Output().ReadKeyValues().Select(static r => r.Value).ShouldBe(["abc=C", "zzc=C"]);
    }

    [Fact]
    public void What_a_look_ahead_throws_is_logged_once_and_the_task_asks_no_keys_ahead_from_there_on()
    {
        StreamTask task = Task(builder => builder.Stream("in", Topologies.Text.WithName("texts"))
            .Process("look", () => new Looking(_events)).To("out", Topologies.TextOut));
        Feed(task, "a", "fails", "c");
        Feed(task, "d");

        _events.ShouldBe(
        [
            "ahead a",
            "ahead fails",
            "log Warning: Source texts of task texts/0 asks for no more keys ahead, which costs speed and nothing else: what chooses or prefetches a key failed for the record at offset 1. "
            + "It is called for records that a filter takes out, too; make it bear them. (can't look)",
            "process a",
            "process fails",
            "process c",
            "process d",
        ]);
    }

    [Fact]
    public void More_records_than_fit_are_processed_all_the_same_and_what_was_read_for_nothing_is_forgotten()
    {
        StreamTask task = Task(builder => builder.Stream("in", Consumed.With(Serdes.Utf8, new Telling(_events)))
            .Process("look", () => new Looking(_events)).To("out", Topologies.TextOut));
        string[] texts = [.. Enumerable.Range(0, SourceNode.AheadLimit + 4).Select(static n => $"t{n}")];
        for (int offset = 0; offset < texts.Length; offset++)
            task.ReadAhead(Input(offset, texts[offset]));
        // The first three were another's, as after a rebalance.
        for (int offset = 3; offset < texts.Length; offset++)
            task.Process(Input(offset, texts[offset]));

        _events.Where(static e => e.StartsWith("process", StringComparison.Ordinal)).ShouldBe(texts.Skip(3).Select(static t => $"process {t}"));
        _events.Count(static e => e.StartsWith("read", StringComparison.Ordinal)).ShouldBe(texts.Length);
    }

    private StreamTask Task(Action<StreamsBuilder> build)
    {
        var builder = new StreamsBuilder();
        build(builder);
        var environment = new TaskEnvironment("app", new Nowhere(), TimeProvider.System, TimeSpan.FromSeconds(30), new Dictionary<GlobalKTable, TableView>()) { Logger = new Log(_events) };
        var task = new StreamTask(builder.Build().Graphs[0], 0, 1, environment);
        task.Start(0);
        return task;
    }

    private static void Feed(StreamTask task, params string[] values)
    {
        for (int offset = 0; offset < values.Length; offset++)
            task.ReadAhead(Input(offset, values[offset]));
        task.FetchEntries();
        for (int offset = 0; offset < values.Length; offset++)
            task.Process(Input(offset, values[offset]));
    }

    private static InputRecord Input(long offset, string value) =>
        InputRecord.Of(offset, 0, "k"u8.ToArray(), System.Text.Encoding.UTF8.GetBytes(value), RecordHeaders.Empty);

    private sealed class Telling(List<string> events) : ISerde<string>
    {
        public void Serialize(string value, IBufferWriter<byte> output) => Serdes.Utf8.Serialize(value, output);

        public string Deserialize(ReadOnlySpan<byte> data)
        {
            string text = Serdes.Utf8.Deserialize(data);
            events.Add($"read {text}");
            return text switch
            {
                "bad" => throw new UndecodableException("bad is bad"),
                "away" => throw new RetriableException("the registry is away"),
                _ => text,
            };
        }
    }

    private sealed class Looking(List<string> events) : IProcessor<string, string, string, string>, IPrefetchingProcessor<string, string>
    {
        public void Init(ProcessorContext<string, string> context)
        {
        }

        public void Prefetch(in Record<string, string> record)
        {
            events.Add($"ahead {record.Value}");
            if (record.Value == "fails")
                throw new InvalidOperationException("can't look");
        }

        public void Process(in Record<string, string> record) => events.Add($"process {record.Value}");
    }

    private sealed class Log(List<string> events) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            events.Add($"log {logLevel}: {formatter(state, exception)} ({exception?.Message})");
    }

    private sealed class Nowhere : RecordCollector
    {
        public override int PartitionCount(string topic) => 1;

        protected override void Write(in OutputRecord record)
        {
        }
    }
}
