using System.Globalization;
using UsageStreams.Streams.Internal.Queries;
using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Tests.Queries;

/// <summary>Where a key is said to live, beside where the driver's tasks put it.</summary>
public sealed class KeyPartitionTests
{
    private const int Partitions = 5;

    [Fact]
    public void A_key_lives_in_the_partition_in_which_its_record_was_counted()
    {
        StoreBuilder<string, long> store = Stores.KeyValue("counts", Serdes.Utf8, Serdes.Int64);
        var builder = new StreamsBuilder();
        builder.Stream("in", Consumed.With(Serdes.Utf8, Serdes.Int64)).Process("count", () => new Count(store), store).To("out", Produced.With(Serdes.Utf8, Serdes.Int64));
        ShouldLiveWhereTold(builder.Build(), store, static (key, partition, driver, s) => driver.GetStore(s, partition).TryGet(key, out _), static key => key);
    }

    [Fact]
    public void Behind_a_repartition_its_own_partitioner_tells_where_a_key_lives()
    {
        StoreBuilder<string, long> store = Stores.KeyValue("counts", Serdes.Utf8, Serdes.Int64);
        var builder = new StreamsBuilder();
        builder.Stream("in", Consumed.With(Serdes.Utf8, Serdes.Int64))
            .Repartition(Repartitioned.With("again", Serdes.Utf8, Serdes.Int64).WithPartitioner(static (key, partitions) => key.Length % partitions))
            .Process("count", () => new Count(store), store)
            .To("out", Produced.With(Serdes.Utf8, Serdes.Int64));
        ShouldLiveWhereTold(builder.Build(), store, static (key, partition, driver, s) => driver.GetStore(s, partition).TryGet(key, out _), static key => key);
    }

    [Fact]
    public void A_window_lives_with_its_key()
    {
        var builder = new StreamsBuilder();
        WindowedKTable<string, long, long> counts = builder
            .Stream("in", Consumed.With(Serdes.Utf8, Serdes.Int64).WithTimestamps(static (in Record<string, long> r, long _) => r.Value))
            .GroupByKey()
            .WindowedBy(TumblingWindows.Of(TimeSpan.FromMinutes(1)))
            .Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64));
        counts.Late.To("late", Produced.With(Serdes.Windowed(Serdes.Utf8), Serdes.Int64));
        ShouldLiveWhereTold(
            builder.Build(),
            counts.Store!,
            static (key, partition, driver, s) => driver.GetStore(s, partition).TryGet(key, out _),
            static key => new Windowed<string>(key, new TimeWindow(0, 60_000)));
    }

    [Fact]
    public void A_key_of_another_type_than_the_input_s_is_not_guessed()
    {
        StoreBuilder<long, long> store = Stores.KeyValue("other", Serdes.Int64, Serdes.Int64);
        var builder = new StreamsBuilder();
        builder.Stream("in", Consumed.With(Serdes.Utf8, Serdes.Int64)).Process("keep", () => new Nothing<long>(), store).To("out", Produced.With(Serdes.Utf8, Serdes.Int64));

        builder.Build().Graphs[0].Source.TryPartition(5L, Partitions, out _).ShouldBeFalse();
    }

    [Fact]
    public void An_announcement_reads_as_it_was_written_and_anything_else_is_refused()
    {
        var task = new TaskId("metering.events", 17);
        var announcement = new TaskAnnouncement("host.example:7000", "app-1-0", 1_700_000_000_000);

        TaskAnnouncement.TryRead(TaskAnnouncement.Key(task), announcement.Value(), out TaskId read, out TaskAnnouncement? said).ShouldBeTrue();
        (read, said).ShouldBe((task, announcement));
        TaskAnnouncement.TryRead(TaskAnnouncement.Key(task), [], out _, out TaskAnnouncement? withdrawn).ShouldBeTrue();
        withdrawn.ShouldBeNull();
        TaskAnnouncement.TryRead("no task"u8, announcement.Value(), out _, out _).ShouldBeFalse();
        TaskAnnouncement.TryRead(TaskAnnouncement.Key(task), "no json"u8, out _, out _).ShouldBeFalse();
        TaskAnnouncement.TryRead(TaskAnnouncement.Key(task), "{}"u8, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void The_directory_follows_what_is_announced_and_withdrawn()
    {
        var directory = new InstanceDirectory();
        TaskId[] tasks = [new("a", 0), new("a", 1), new("b", 0)];
        foreach (TaskId task in tasks)
            directory.Update(TaskAnnouncement.Key(task), new TaskAnnouncement("one:1", "c", 1).Value()).ShouldBeTrue();
        directory.Update(TaskAnnouncement.Key(tasks[1]), new TaskAnnouncement("two:2", "d", 2).Value()).ShouldBeTrue();
        directory.Update(TaskAnnouncement.Key(tasks[2]), []).ShouldBeTrue();

        directory.Instances.Select(static i => (i.ApplicationServer, string.Join(' ', i.Tasks))).ShouldBe([("one:1", "a/0"), ("two:2", "a/1")]);
        directory.Find(tasks[2]).ShouldBeNull();
        directory.Update("nonsense"u8, []).ShouldBeFalse();
    }

    private static void ShouldLiveWhereTold<TKey, TValue>(
        Topology topology, StoreBuilder<TKey, TValue> store, Func<TKey, int, TopologyTestDriver, StoreBuilder<TKey, TValue>, bool> has, Func<string, TKey> keyOf)
        where TKey : notnull
    {
        using var driver = new TopologyTestDriver(topology, new TopologyTestDriverOptions { Partitions = Partitions });
        TestInputTopic<string, long> input = driver.CreateInputTopic("in", Serdes.Utf8, Serdes.Int64);
        string[] keys = [.. Enumerable.Range(0, 200).Select(static i => new string('k', i % 17) + i.ToString(CultureInfo.InvariantCulture))];
        foreach (string key in keys)
            input.Pipe(key, 1);
        driver.Commit();
        foreach (TKey key in keys.Select(keyOf))
        {
            topology.Graphs.Single(graph => graph.Stores.Contains(store)).Source.TryPartition(key, Partitions, out int told).ShouldBeTrue();
            Enumerable.Range(0, Partitions).Where(partition => has(key, partition, driver, store)).ShouldBe([told], key.ToString());
        }
    }

    private sealed class Count(StoreBuilder<string, long> store) : IProcessor<string, long, string, long>
    {
        private KeyValueStore<string, long> _counts = null!;

        public void Init(ProcessorContext<string, long> context) => _counts = context.GetStore(store);

        public void Process(in Record<string, long> record) => _counts.Put(record.Key, _counts.Get(record.Key) + 1);
    }

    private sealed class Nothing<TValue> : IProcessor<string, TValue, string, TValue>
    {
        public void Init(ProcessorContext<string, TValue> context)
        {
        }

        public void Process(in Record<string, TValue> record)
        {
        }
    }
}
