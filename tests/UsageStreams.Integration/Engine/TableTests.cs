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
