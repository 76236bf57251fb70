using UsageStreams.Streams.Testing;

namespace UsageStreams.Streams.Tests.State;

/// <summary>Stores without a changelog, made again of the input.</summary>
public sealed class InputReplayTests
{
    private static readonly TimeSpan Retention = TimeSpan.FromHours(1);

    [Fact]
    public void After_a_crash_the_store_holds_what_the_input_below_the_committed_offset_makes_of_it()
    {
        using var driver = new TopologyTestDriver(Build(out _), new TopologyTestDriverOptions { CommitAfterEachRecord = false });
        TestInputTopic<string, string> input = driver.CreateInputTopic("events", Serdes.Utf8, Serdes.Utf8);
        TestOutputTopic<string, string> output = driver.CreateOutputTopic("first", Serdes.Utf8, Serdes.Utf8);
        input.Pipe("a", "1");
        input.Pipe("b", "1");
        driver.Commit();
        input.Pipe("c", "1");

        // The third record was not committed: it is processed again, and not taken for its own duplicate.
        driver.Restart();
        input.Pipe("a", "2");
        input.Pipe("c", "2");
        driver.Commit();

        output.ReadKeyValues().ShouldBe(
            [KeyValuePair.Create("a", "1"), KeyValuePair.Create("b", "1"), KeyValuePair.Create("c", "1")], ignoreOrder: true);
    }

    [Fact]
    public void What_arrived_before_the_retention_is_not_read_again()
    {
        using var driver = new TopologyTestDriver(Build(out StoreBuilder<string, long> seen));
        TestInputTopic<string, string> input = driver.CreateInputTopic("events", Serdes.Utf8, Serdes.Utf8);
        input.Pipe("old", "1");
        driver.AdvanceWallClock(Retention + Retention);
        input.Pipe("new", "1");

        driver.Restart();

        driver.GetStore(seen).All.Select(static e => e.Key).ShouldBe(["new"]);
    }

    [Fact]
    public void A_record_that_is_processed_long_after_its_arrival_meets_what_arrived_within_the_retention_before_it()
    {
        using var driver = new TopologyTestDriver(Build(out _), new TopologyTestDriverOptions { CommitAfterEachRecord = false });
        TestInputTopic<string, string> input = driver.CreateInputTopic("events", Serdes.Utf8, Serdes.Utf8);
        TestOutputTopic<string, string> output = driver.CreateOutputTopic("first", Serdes.Utf8, Serdes.Utf8);
        input.Pipe("a", "1");
        driver.Commit();
        driver.Clock.Advance(Retention / 2);
        input.Pipe("a", "2");
        driver.Clock.Advance(Retention);

        driver.Restart();
        driver.Commit();

        output.ReadKeyValues().ShouldBe([KeyValuePair.Create("a", "1")]);
    }

    [Fact]
    public void What_is_replayed_is_told_where_it_stands()
    {
        var builder = new StreamsBuilder();
        StoreBuilder<string, long> places = Stores.KeyValue("places", Serdes.Utf8, Serdes.Int64).RestoredFromInput(
            Retention, static (in Record<string, string> record, in RecordMetadata metadata, KeyValueStore<string, long> store) =>
                store.Put($"{metadata.Topic}/{metadata.Partition}/{metadata.Offset}", metadata.Arrival));
        builder.Stream("events", Consumed.With(Serdes.Utf8, Serdes.Utf8))
            .Process("first", () => new First(places), places)
            .To("first", Produced.With(Serdes.Utf8, Serdes.Utf8));
        using var driver = new TopologyTestDriver(builder.Build(), new TopologyTestDriverOptions { Clock = new ManualTimeProvider() });
        TestInputTopic<string, string> input = driver.CreateInputTopic("events", Serdes.Utf8, Serdes.Utf8);
        long arrival = driver.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        input.Pipe("a", "1");
        driver.AdvanceWallClock(TimeSpan.FromSeconds(1));
        input.Pipe("b", "1");

        driver.Restart();

        driver.GetStore(places).All.Select(static e => $"{e.Key} {e.Value}").ShouldBe([$"events/0/0 {arrival}", $"events/0/1 {arrival + 1000}"], ignoreOrder: true);
    }

    [Fact]
    public void Such_a_store_has_no_changelog()
    {
        Topology topology = Build(out _);
        topology.SubTopologies[0].Stores.ShouldContain(new TopologyStore("seen", null, false));
        topology.Describe().ShouldContain("Store: seen (restored from the input)");
    }

    [Fact]
    public void Other_types_than_the_source_has_are_refused_with_both_named()
    {
        var builder = new StreamsBuilder();
        StoreBuilder<string, long> seen = Stores.KeyValue("seen", Serdes.Utf8, Serdes.Int64)
            .RestoredFromInput(Retention, static (in Record<string, long> record, in RecordMetadata _, KeyValueStore<string, long> store) => store.TryAdd(record.Key, 0));
        builder.Stream("events", Consumed.With(Serdes.Utf8, Serdes.Utf8)).Process("first", () => new First(seen), seen).To("first", Produced.With(Serdes.Utf8, Serdes.Utf8));

        Should.Throw<TopologyException>(builder.Build).Message
            .ShouldContain("Store 'seen' is to be restored from records of String, Int64, and its source 'events' has String, String.");
    }

    [Fact]
    public void Below_a_repartition_it_is_refused_because_that_input_is_deleted()
    {
        var builder = new StreamsBuilder();
        StoreBuilder<string, long> seen = Seen();
        builder.Stream("events", Consumed.With(Serdes.Utf8, Serdes.Utf8))
            .Repartition(Repartitioned.With("again", Serdes.Utf8, Serdes.Utf8))
            .Process("first", () => new First(seen), seen)
            .To("first", Produced.With(Serdes.Utf8, Serdes.Utf8));

        Should.Throw<TopologyException>(builder.Build).Message.ShouldContain("is deleted when it is read");
    }

    private static StoreBuilder<string, long> Seen() => Stores.KeyValue("seen", Serdes.Utf8, Serdes.Int64)
        .RestoredFromInput(Retention, static (in Record<string, string> record, in RecordMetadata _, KeyValueStore<string, long> store) => store.TryAdd(record.Key, record.Timestamp));

    private static Topology Build(out StoreBuilder<string, long> seen)
    {
        StoreBuilder<string, long> store = seen = Seen();
        var builder = new StreamsBuilder();
        builder.Stream("events", Consumed.With(Serdes.Utf8, Serdes.Utf8))
            .Process("first", () => new First(store), store)
            .To("first", Produced.With(Serdes.Utf8, Serdes.Utf8));
        return builder.Build();
    }

    private sealed class First(StoreBuilder<string, long> store) : IProcessor<string, string, string, string>
    {
        private ProcessorContext<string, string> _context = null!;
        private KeyValueStore<string, long> _seen = null!;

        public void Init(ProcessorContext<string, string> context) => (_context, _seen) = (context, context.GetStore(store));

        public void Process(in Record<string, string> record)
        {
            if (_seen.TryAdd(record.Key, record.Timestamp))
                _context.Forward(in record);
        }
    }
}
