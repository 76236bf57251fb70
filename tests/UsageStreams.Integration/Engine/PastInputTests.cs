using System.Text;
using Confluent.Kafka;
using UsageStreams.Streams;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Integration.Engine;

/// <summary>A task's own input read once more: against what the task itself has counted, at the moment that the reader says it has caught up.</summary>
public sealed class PastInputTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    [Fact]
    public async Task While_new_records_arrive_it_catches_up_with_the_task_and_has_what_the_task_has()
    {
        (string input, string output) = (await kafka.CreateTopicAsync("in", 2), await kafka.CreateTopicAsync("out", 1));
        kafka.Write(input, Numbers(0, 20_000));
        await using KafkaStreams streams = await StartAsync(input, output);
        kafka.Write(input, [("ask", "recount")]);
        for (int i = 0; i < 10; i++)
            kafka.Write(input, Numbers(20_000 + (i * 500), 500));
        kafka.Write(input, [("ask", "recount")]);

        // Each recount that differs from the count stops the application.
        Recounts(output, 2).ShouldBe(2);
        streams.State.ShouldBe(StreamsState.Running);
    }

    [Fact]
    public async Task Aborted_records_are_not_in_it()
    {
        (string input, string output) = (await kafka.CreateTopicAsync("in", 1), await kafka.CreateTopicAsync("out", 1));
        kafka.Write(input, Numbers(0, 100));
        WriteInTransaction(input, Numbers(1000, 100), commit: false);
        WriteInTransaction(input, [.. Numbers(100, 100), ("ask", "recount")], commit: true);
        WriteInTransaction(input, Numbers(2000, 100), commit: false);
        await using KafkaStreams streams = await StartAsync(input, output);

        Recounts(output, 1).ShouldBe(1);
        streams.State.ShouldBe(StreamsState.Running);
    }

    [Fact]
    public async Task A_failure_in_the_middle_of_reading_and_a_restart_cost_neither_a_recount_nor_a_record()
    {
        (string input, string output) = (await kafka.CreateTopicAsync("in", 1), await kafka.CreateTopicAsync("out", 1));
        kafka.Write(input, [.. Numbers(0, 5_000), ("ask", "recount")]);
        string application = kafka.Unique("app");
        int slices = 0;
        await using (KafkaStreams first = await StartAsync(input, output, application, onSlice: () =>
        {
            if (++slices is 3 or 7)
                throw new TransactionFailure($"broken by the test in slice {slices}");
        }))
        {
            await Eventually.TrueAsync(() => slices >= 9, "the ninth slice");
            first.Metrics.Recoveries.ShouldBe(2);
        }

        await using KafkaStreams second = await StartAsync(input, output, application);
        kafka.Write(input, [("ask", "recount")]);
        Recounts(output, 2).ShouldBe(2);
    }

    [Fact]
    public async Task Where_the_log_has_been_cut_it_begins_there_and_says_so()
    {
        (string input, string output) = (await kafka.CreateTopicAsync("in", 1), await kafka.CreateTopicAsync("out", 1));
        kafka.Write(input, Numbers(0, 100));
        using (IAdminClient admin = new AdminClientBuilder(kafka.Connection.AdminClientConfig()).Build())
            await admin.DeleteRecordsAsync([new TopicPartitionOffset(input, 0, 40)]);
        var starts = new List<PastInputStart>();
        await using KafkaStreams streams = await StartAsync(input, output, starts: starts);
        kafka.Write(input, [("ask", "recount")]);

        Recounts(output, 1).ShouldBe(1);
        starts.ShouldHaveSingleItem().Offset.ShouldBe(40);
        starts[0].IsCutOff.ShouldBeTrue();
        starts[0].Arrival.ShouldNotBeNull();
    }

    [Fact]
    public async Task Single_records_far_apart_and_close_together_are_read_at_their_offsets()
    {
        (string input, string output) = (await kafka.CreateTopicAsync("in", 1), await kafka.CreateTopicAsync("out", 1));
        kafka.Write(input, Numbers(0, 5_000));
        WriteInTransaction(input, Numbers(90_000, 100), commit: false);
        kafka.Write(input, Numbers(5_101, 20_000));
        using (IAdminClient admin = new AdminClientBuilder(kafka.Connection.AdminClientConfig()).Build())
            await admin.DeleteRecordsAsync([new TopicPartitionOffset(input, 0, 40)]);
        // Below the log's begin, close together, aborted, far apart, at the end, and not there yet.
        long[] wanted = [3, 39, 40, 41, 42, 300, 2_000, 5_010, 5_101, 9_999, 10_000, 24_999, 25_100, 30_000];
        List<string> taken = await TakeSingleAsync(input, output, wanted);

        taken.ShouldBe([.. wanted.Where(static o => o is >= 40 and < 5_000 or > 5_100 and <= 25_100).Select(static o => $"{o}={o}"), "cut off"]);
    }

    private async Task<List<string>> TakeSingleAsync(string input, string output, long[] wanted)
    {
        var taken = new List<string>();
        var done = new TaskCompletionSource();
        var builder = new StreamsBuilder();
        builder.Stream(input, Consumed.With(Serdes.Utf8, Serdes.Utf8)).Process("single", () => new Single(25_100, wanted, taken, done))
            .To(output, Produced.With(Serdes.Utf8, Serdes.Int64));
        await using var streams = new KafkaStreams(builder.Build(), new StreamsOptions { ApplicationId = kafka.Unique("app"), Connection = kafka.Connection }, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);
        await done.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        streams.State.ShouldBe(StreamsState.Running);
        return taken;
    }

    private static (string Key, string Value)[] Numbers(int first, int count) => [.. Enumerable.Range(first, count).Select(static i => ($"k{i % 97}", $"{i}"))];

    private long Recounts(string output, long atLeast)
    {
        List<(string Key, byte[]? Value)> records = kafka.Read(output, records => records.Sum(static r => KafkaUnderTest.Number(r.Value)) >= atLeast);
        return records.Sum(static r => KafkaUnderTest.Number(r.Value));
    }

    private async Task<KafkaStreams> StartAsync(string input, string output, string? application = null, Action? onSlice = null, List<PastInputStart>? starts = null)
    {
        StoreBuilder<string, long> counts = Stores.KeyValue("counts", Serdes.Utf8, Serdes.Int64);
        StoreBuilder<string, long> asked = Stores.KeyValue("asked", Serdes.Utf8, Serdes.Int64);
        var builder = new StreamsBuilder();
        builder.Stream(input, Consumed.With(Serdes.Utf8, Serdes.Utf8))
            .Process("recount", () => new Recount(counts, asked, onSlice, starts), counts, asked)
            .To(output, Produced.With(Serdes.Utf8, Serdes.Int64));
        var options = new StreamsOptions { ApplicationId = application ?? kafka.Unique("app"), Connection = kafka.Connection };
        var streams = new KafkaStreams(builder.Build(), options, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);
        return streams;
    }

    private void WriteInTransaction(string topic, IEnumerable<(string Key, string Value)> records, bool commit)
    {
        using IProducer<byte[], byte[]> producer = new ProducerBuilder<byte[], byte[]>(kafka.Connection.ProducerConfig(kafka.Unique("tx"))).Build();
        producer.InitTransactions(TimeSpan.FromSeconds(30));
        producer.BeginTransaction();
        foreach ((string key, string value) in records)
            producer.Produce(topic, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = Encoding.UTF8.GetBytes(value) });
        producer.Flush(TimeSpan.FromSeconds(30));
        if (commit)
            producer.CommitTransaction(TimeSpan.FromSeconds(30));
        else
            producer.AbortTransaction(TimeSpan.FromSeconds(30));
    }

    /// <summary>Reads single records of the past once it has come to an offset.</summary>
    private sealed class Single(long until, long[] wanted, List<string> taken, TaskCompletionSource done) : IProcessor<string, string, string, long>
    {
        private ProcessorContext<string, long> _context = null!;
        private PastInput<string, string>? _past;

        public void Init(ProcessorContext<string, long> context)
        {
            _context = context;
            context.Schedule(TimeSpan.FromMilliseconds(1), PunctuationType.WallClock, ReadOn);
        }

        public void Process(in Record<string, string> record)
        {
        }

        private void ReadOn(long now)
        {
            if (_context.Metadata.Offset < until || done.Task.IsCompleted)
                return;
            _past ??= _context.ReadPast<string, string>(wanted);
            if (!_past.Read(700, (in Record<string, string> record, in RecordMetadata at) => taken.Add($"{at.Offset}={record.Value}")))
                return;
            if (_past.Start!.Value.IsCutOff)
                taken.Add("cut off");
            _past.Dispose();
            done.SetResult();
        }
    }

    /// <summary>Counts per key; when asked, counts the past once more, in small slices, and compares.</summary>
    private sealed class Recount(StoreBuilder<string, long> countsHandle, StoreBuilder<string, long> askedHandle, Action? onSlice, List<PastInputStart>? starts)
        : IProcessor<string, string, string, long>
    {
        private readonly Dictionary<string, long> _recounted = new(StringComparer.Ordinal);
        private ProcessorContext<string, long> _context = null!;
        private KeyValueStore<string, long> _counts = null!;
        private KeyValueStore<string, long> _asked = null!;
        private PastInput<string, string>? _past;

        public void Init(ProcessorContext<string, long> context)
        {
            (_context, _counts, _asked) = (context, context.GetStore(countsHandle), context.GetStore(askedHandle));
            context.Schedule(TimeSpan.FromMilliseconds(1), PunctuationType.WallClock, ReadOn);
        }

        public void Process(in Record<string, string> record)
        {
            _counts.Put(record.Key, _counts.Get(record.Key) + 1);
            if (record.Value == "recount")
                _asked.Put(record.Key, _asked.Get(record.Key) + 1);
        }

        private void ReadOn(long now)
        {
            if (_asked.Count == 0)
                return;
            _past ??= _context.ReadPast<string, string>(0);
            onSlice?.Invoke();
            if (!_past.Read(700, (in Record<string, string> record, in RecordMetadata _) => _recounted[record.Key] = _recounted.GetValueOrDefault(record.Key) + 1))
                return;
            _recounted.OrderBy(static e => e.Key, StringComparer.Ordinal).ShouldBe(_counts.All.OrderBy(static e => e.Key, StringComparer.Ordinal));
            starts?.Add(_past.Start!.Value);
            foreach ((string key, long asked) in _asked.All.ToArray())
            {
                _context.Forward(new Record<string, long>(key, asked, now));
                _asked.Delete(key);
            }

            _recounted.Clear();
            _past.Dispose();
            _past = null;
        }
    }
}
