using System.Globalization;
using Confluent.Kafka;
using UsageStreams.Streams;
using UsageStreams.Streams.Faults;

namespace UsageStreams.Integration.Engine;

public sealed class FaultTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Records_that_fail_are_dead_lettered_once_and_the_rest_is_as_if_they_had_never_been(bool hasTwoThreads)
    {
        (string input, string output, string dead, StreamsOptions options) = await PrepareAsync(partitions: 3);
        // Every 25th fails before it changes anything, every 600th after it changed the store and sent a record on.
        (string Key, string Value)[] records = [.. Enumerable.Range(0, 3000).Select(i => ($"k{i % 20}", i % 600 == 7 ? $"late{i}" : i % 25 == 3 ? $"bad{i}" : $"{i}"))];
        kafka.Write(input, records);
        await using var streams = new KafkaStreams(Build(input, output, dead), options with { Threads = hasTwoThreads ? 2 : 1 }, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);

        string[] poisoned = [.. records.Select(static r => r.Value).Where(static v => !char.IsAsciiDigit(v[0]))];
        kafka.Read(dead, letters => letters.Count >= poisoned.Length).Select(static r => System.Text.Encoding.UTF8.GetString(r.Value!)).Order().ShouldBe(poisoned.Order());
        Dictionary<string, long> expected = records.Where(static r => char.IsAsciiDigit(r.Value[0]))
            .GroupBy(static r => r.Key).ToDictionary(static g => g.Key, static g => g.Sum(static r => long.Parse(r.Value, CultureInfo.InvariantCulture)));
        Dictionary<string, long> sums = [];
        kafka.Read(output, written =>
        {
            sums = written.GroupBy(static r => r.Key).ToDictionary(static g => g.Key, static g => g.Max(static r => KafkaUnderTest.Number(r.Value)));
            return written.Count >= records.Length - poisoned.Length;
        }).Count.ShouldBe(records.Length - poisoned.Length);
        sums.OrderBy(static s => s.Key).ShouldBe(expected.OrderBy(static s => s.Key));

        int late = poisoned.Count(static v => v.StartsWith("late", StringComparison.Ordinal));
        await Eventually.TrueAsync(() => streams.Metrics.Faults.Sum(static f => f.Count) == poisoned.Length, "all faults counted");
        streams.Metrics.Faults.ShouldBe([new FaultCount("sum", FaultKind.Processing, FaultDecision.DeadLetter, poisoned.Length)]);
        streams.Metrics.FaultRollbacks.ShouldBe(late);
    }

    [Fact]
    public async Task A_dead_letter_on_a_broker_has_the_headers_of_the_record_and_of_its_cause()
    {
        (string input, string output, string dead, StreamsOptions options) = await PrepareAsync(partitions: 1);
        using (IProducer<string, string> producer = new ProducerBuilder<string, string>(kafka.Connection.ProducerConfig()).Build())
        {
            producer.Produce(input, new Message<string, string> { Key = "k", Value = "bad", Headers = new Headers { { "trace", "t-1"u8.ToArray() } } });
            producer.Flush(TimeSpan.FromSeconds(60)).ShouldBe(0);
        }

        await using var streams = new KafkaStreams(Build(input, output, dead), options, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);

        Headers headers = First(dead).Headers;
        Text(headers, "trace").ShouldBe("t-1");
        Text(headers, DeadLetterHeaders.Exception).ShouldBe("System.FormatException");
        Text(headers, DeadLetterHeaders.Topic).ShouldBe(input);
        (Text(headers, DeadLetterHeaders.Partition), Text(headers, DeadLetterHeaders.Offset)).ShouldBe(("0", "0"));
        (Text(headers, DeadLetterHeaders.Task), Text(headers, DeadLetterHeaders.Node)).ShouldBe(("numbers/0", "sum"));
    }

    [Theory]
    [InlineData(ProcessingGuarantee.ExactlyOnce)]
    [InlineData(ProcessingGuarantee.AtLeastOnce)]
    public async Task A_record_whose_output_is_too_large_is_dead_lettered_and_the_next_goes_through(ProcessingGuarantee guarantee)
    {
        (string input, string output, string dead, StreamsOptions options) = await PrepareAsync(partitions: 1);
        kafka.Write(input, [("a", "small"), ("b", "large"), ("c", "small")]);
        var builder = new StreamsBuilder();
        builder.HandleFaults(FaultHandling.DeadLetters(dead));
        builder.Stream(input, Consumed.With(Serdes.Utf8, Serdes.Utf8).WithName("sizes"))
            .MapValues("grow", static (in Record<string, string> r) => new byte[r.Value == "large" ? 4_000_000 : 10])
            .To(output, Produced.With(Serdes.Utf8, Serdes.Bytes).WithName("write"));
        await using var streams = new KafkaStreams(builder.Build(), options with { Guarantee = guarantee }, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);

        kafka.Read(output, static records => records.Count >= 2).Select(static r => r.Key).ShouldBe(["a", "c"]);
        kafka.Read(dead, static records => records.Count >= 1).ShouldHaveSingleItem().Key.ShouldBe("b");
        await Eventually.TrueAsync(() => streams.Metrics.Faults.Count > 0, "the fault counted");
        streams.Metrics.Faults.ShouldBe([new FaultCount("write", FaultKind.Production, FaultDecision.DeadLetter, 1)]);
        streams.Metrics.FaultRollbacks.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_row_of_a_table_that_can_not_be_read_stops_the_application_or_is_left_out(bool isLeftOut)
    {
        (string input, string output, string dead, StreamsOptions options) = await PrepareAsync(partitions: 1);
        string prices = await kafka.CreateTopicAsync("prices", 1);
        kafka.Write(prices, [("pen", "12345678"), ("ink", "x")]);
        kafka.Write(input, [("pen", "1"), ("ink", "2")]);
        var builder = new StreamsBuilder();
        if (isLeftOut)
            builder.HandleFaults(FaultHandling.DeadLetters(dead));
        KTable<string, long> table = builder.Table(prices, Consumed.With(Serdes.Utf8, Serdes.Int64));
        builder.Stream(input, Consumed.With(Serdes.Utf8, Serdes.Utf8).WithName("orders"))
            .LeftJoin("join", table, static (_, order, price) => $"{order} {(price == 0 ? "unknown" : "known")}")
            .To(output, Produced.With(Serdes.Utf8, Serdes.Utf8));
        await using var streams = new KafkaStreams(builder.Build(), options, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);

        if (isLeftOut)
        {
            kafka.Read(output, static records => records.Count >= 2).Select(static r => System.Text.Encoding.UTF8.GetString(r.Value!)).ShouldBe(["1 known", "2 unknown"]);
            return;
        }

        StreamsException error = await Should.ThrowAsync<StreamsException>(() => streams.Completion.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        error.Message.ShouldContain($"table record at topic '{prices}' partition 0 offset 1");
    }

    [Fact]
    public async Task A_dead_letter_topic_that_is_missing_is_named_at_the_start()
    {
        (string input, string output, _, StreamsOptions options) = await PrepareAsync(partitions: 1);
        await using var streams = new KafkaStreams(Build(input, output, "no-such-dead"), options);

        (await Should.ThrowAsync<StreamsException>(() => streams.StartAsync(TestContext.Current.CancellationToken))).Message.ShouldContain("'no-such-dead' (written with dead letters)");
    }

    private static Streams.Topology Build(string input, string output, string dead)
    {
        StoreBuilder<string, long> sums = Stores.KeyValue("sums", Serdes.Utf8, Serdes.Int64);
        var builder = new StreamsBuilder();
        builder.HandleFaults(FaultHandling.DeadLetters(dead));
        builder.Stream(input, Consumed.With(Serdes.Utf8, Serdes.Utf8).WithName("numbers"))
            .Process("sum", () => new Sum(sums), sums)
            .To(output, Produced.With(Serdes.Utf8, Serdes.Int64));
        return builder.Build();
    }

    private async Task<(string Input, string Output, string Dead, StreamsOptions Options)> PrepareAsync(int partitions)
    {
        string input = await kafka.CreateTopicAsync("in", partitions);
        string output = await kafka.CreateTopicAsync("out", 1);
        string dead = await kafka.CreateTopicAsync("dead", 1);
        var options = new StreamsOptions { ApplicationId = kafka.Unique("app"), Connection = kafka.Connection, SessionTimeout = TimeSpan.FromSeconds(6), InstanceId = "one" };
        return (input, output, dead, options);
    }

    private Message<byte[]?, byte[]?> First(string topic)
    {
        using IConsumer<byte[]?, byte[]?> consumer = new ConsumerBuilder<byte[]?, byte[]?>(kafka.Connection.ConsumerConfig(kafka.Unique("check"))).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        ConsumeResult<byte[]?, byte[]?>? result = consumer.Consume(TimeSpan.FromSeconds(60));
        return result.ShouldNotBeNull($"topic {topic} is empty").Message;
    }

    private static string Text(Headers headers, string name) => System.Text.Encoding.UTF8.GetString(headers.GetLastBytes(name));

    private sealed class Sum(StoreBuilder<string, long> handle) : IProcessor<string, string, string, long>
    {
        private ProcessorContext<string, long> _context = null!;
        private KeyValueStore<string, long> _sums = null!;

        public void Init(ProcessorContext<string, long> context) => (_context, _sums) = (context, context.GetStore(handle));

        public void Process(in Record<string, string> record)
        {
            bool fails = record.Value.StartsWith("late", StringComparison.Ordinal);
            long sum = _sums.Get(record.Key) + (fails ? 1 : long.Parse(record.Value, CultureInfo.InvariantCulture));
            _sums.Put(record.Key, sum);
            _context.Forward(record.WithValue(sum));
            if (fails)
                throw new FormatException($"'{record.Value}' is no number, which is seen late.");
        }
    }
}
