using UsageStreams.Streams;

namespace UsageStreams.Integration.Engine;

public sealed class TableTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    [Fact]
    public async Task A_global_table_is_complete_before_the_first_record_and_follows_its_topic()
    {
        string names = await kafka.CreateTopicAsync("names", 3);
        string input = await kafka.CreateTopicAsync("in", 2);
        string output = await kafka.CreateTopicAsync("out", 1);
        kafka.Write(names, Enumerable.Range(0, 500).Select(static i => ($"k{i}", $"name-{i}")));
        kafka.Write(input, Enumerable.Range(0, 500).Select(static i => ($"k{i}", "?")));
        var builder = new StreamsBuilder();
        GlobalKTable<string, string> table = builder.GlobalTable(names, Consumed.With(Serdes.Utf8, Serdes.Utf8));
        builder.Stream(input, Consumed.With(Serdes.Utf8, Serdes.Utf8))
            .Process("lookup", () => new Lookup(table))
            .To(output, Produced.With(Serdes.Utf8, Serdes.Int64));
        await using var streams = new KafkaStreams(
            builder.Build(), new StreamsOptions { ApplicationId = kafka.Unique("app"), Connection = kafka.Connection }, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);

        kafka.Read(output, static records => records.Count >= 500).ShouldAllBe(static r => KafkaUnderTest.Number(r.Value) == 1);

        kafka.Write(names, [("late", "name")]);
        await Eventually.TrueAsync(
            () =>
            {
                kafka.Write(input, [("late", "?")]);
                return kafka.Read(output, static records => records.Exists(static r => r.Key == "late")).Exists(static r => r.Key == "late" && KafkaUnderTest.Number(r.Value) == 1);
            },
            "the new name");
    }

    [Fact]
    public async Task Each_task_follows_its_partition_of_a_table_and_two_streams_may_follow_one_table()
    {
        string names = await kafka.CreateTopicAsync("names", 3);
        string orders = await kafka.CreateTopicAsync("orders", 3);
        string visits = await kafka.CreateTopicAsync("visits", 3);
        string output = await kafka.CreateTopicAsync("out", 1);
        kafka.Write(names, Enumerable.Range(0, 300).Select(static i => ($"k{i}", $"name-{i}")));
        kafka.Write(orders, Enumerable.Range(0, 300).Select(static i => ($"k{i}", "order")));
        kafka.Write(visits, Enumerable.Range(0, 300).Select(static i => ($"k{i}", "visit")));
        Consumed<string, string> text = Consumed.With(Serdes.Utf8, Serdes.Utf8);
        var builder = new StreamsBuilder();
        KTable<string, string> table = builder.Table(names, text);
        builder.Stream(orders, text).LeftJoin("named-orders", table, static (_, l, r) => $"{l} {r}").To(output, Produced.With(Serdes.Utf8, Serdes.Utf8));
        builder.Stream(visits, text).LeftJoin("named-visits", table, static (_, l, r) => $"{l} {r}").To(output, Produced.With(Serdes.Utf8, Serdes.Utf8));
        await using var streams = new KafkaStreams(
            builder.Build(), new StreamsOptions { ApplicationId = kafka.Unique("app"), Connection = kafka.Connection, Threads = 2 }, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);

        string[] written = [.. kafka.Read(output, static records => records.Count >= 600).Select(static r => System.Text.Encoding.UTF8.GetString(r.Value!)).Order(StringComparer.Ordinal)];
        written.ShouldBe(Enumerable.Range(0, 300).SelectMany(static i => (string[])[$"order name-{i}", $"visit name-{i}"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_table_cut_differently_from_the_stream_is_refused_at_the_start()
    {
        string names = await kafka.CreateTopicAsync("names", 2);
        string input = await kafka.CreateTopicAsync("in", 3);
        string output = await kafka.CreateTopicAsync("out", 1);
        Consumed<string, string> text = Consumed.With(Serdes.Utf8, Serdes.Utf8);
        var builder = new StreamsBuilder();
        builder.Stream(input, text).Join("named", builder.Table(names, text), static (_, l, r) => l + r).To(output, Produced.With(Serdes.Utf8, Serdes.Utf8));
        await using var streams = new KafkaStreams(
            builder.Build(), new StreamsOptions { ApplicationId = kafka.Unique("app"), Connection = kafka.Connection }, new TestLogger());

        StreamsException error = await Should.ThrowAsync<StreamsException>(() => streams.StartAsync(TestContext.Current.CancellationToken));
        error.Message.ShouldContain("has 2 partitions and sub-topology");
    }

    private sealed class Lookup(GlobalKTable<string, string> table) : IProcessor<string, string, string, long>
    {
        private ProcessorContext<string, long> _context = null!;
        private TableView<string, string> _names = null!;

        public void Init(ProcessorContext<string, long> context)
        {
            _context = context;
            _names = context.GetTable(table);
        }

        public void Process(in Record<string, string> record) => _context.Forward(record.WithValue(_names.TryGet(record.Key, out _) ? 1L : 0L));
    }
}
