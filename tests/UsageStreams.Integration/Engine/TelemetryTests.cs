using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using UsageStreams.Streams;
using UsageStreams.Streams.Faults;

namespace UsageStreams.Integration.Engine;

/// <summary>What is measured and traced of a running application, beside what the documentation says.</summary>
public sealed partial class TelemetryTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_documented_instrument_measures_with_the_documented_attributes_what_happened()
    {
        (StreamsOptions options, string input, string output) = await PrepareAsync();
        using var measured = new Measurements(options.ApplicationId);
        kafka.Write(input, [.. Enumerable.Range(0, 100).Select(static i => ($"g{i % 10}", $"{i}")), ("g0", "odd"), ("g0", "bad")]);
        await using (var first = new KafkaStreams(Build(input, output), options, new TestLogger()))
        {
            await first.StartAsync(Ending);
            await Eventually.TrueAsync(() => measured.Sum("store.entries", "usagestreams.store", "totals") == 10 && measured.Sum("task.lag") == 0, "ten entries and no lag");
            await Eventually.TrueAsync(() => measured.Sum("upstream.watermark.delay", "usagestreams.upstream", "numbers") > 0, "an announcement from above");
            measured.Sum("records.consumed").ShouldBe(first.Metrics.RecordsConsumed);
            measured.Sum("records.side_output", "usagestreams.side_output", "undecodable").ShouldBe(1);
            measured.Sum("faults", "usagestreams.node", "number").ShouldBe(1);
            measured.Sum("tasks", "usagestreams.state", "running").ShouldBe(4);
            measured.Sum("threads", "usagestreams.state", "running").ShouldBe(1);
            (measured.Sum("rebalances", "usagestreams.event", "assigned") > 0).ShouldBeTrue();
            measured.Count("commit.duration").ShouldBeGreaterThan(0);

            ThreadMetadata thread = first.ThreadMetadata.ShouldHaveSingleItem();
            thread.State.ShouldBe(StreamThreadState.Running);
            thread.Tasks.Count.ShouldBe(4);
            TaskMetrics[] numbers = [.. thread.Tasks.Where(static t => t.Id.SubTopology == "numbers")];
            numbers.Sum(static t => t.Position).ShouldBe(102);
            numbers.Sum(static t => t.EndOffset).ShouldBe(102);
            await Eventually.TrueAsync(() => first.ThreadMetadata[0].Tasks.Where(static t => t.Id.SubTopology == "numbers").Sum(static t => t.CommittedOffset) == 102, "all committed");
        }

        await using (var second = new KafkaStreams(Build(input, output), options, new TestLogger()))
        {
            await second.StartAsync(Ending);
            await Eventually.TrueAsync(
                () => measured.Sum("restore.records", "usagestreams.store", "totals") >= 10 && measured.Sum("tasks", "usagestreams.state", "running") == 4, "ten restored entries");
            measured.Sum("restore.remaining").ShouldBe(0);
            measured.Sum("records.restored").ShouldBe(second.Metrics.RecordsRestored);

            await using var third = new KafkaStreams(Build(input, output), options with { Standby = true }, new TestLogger());
            await third.StartAsync(Ending);
            await Eventually.TrueAsync(() => measured.Sum("standby.lag") == 0 && measured.Sum("standby.delay") == 0, "a standby at the ends of its changelogs");
        }

        measured.Sum("tasks").ShouldBeNull("an application that has ended is not looked at any more");
        measured.AttributesByInstrument.OrderBy(static i => i.Key, StringComparer.Ordinal).ShouldBe(Documented().OrderBy(static i => i.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Commits_rebalances_restores_and_sampled_records_are_traced()
    {
        (StreamsOptions options, string input, string output) = await PrepareAsync();
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == StreamsTelemetry.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => ended.Enqueue(activity),
        };
        ActivitySource.AddActivityListener(listener);
        var trace = ActivityTraceId.CreateRandom();
        string parent = $"00-{trace.ToHexString()}-b7ad6b7169203331-01";
        using (IProducer<byte[], byte[]> producer = new ProducerBuilder<byte[], byte[]>(kafka.Connection.ProducerConfig()).Build())
        {
            var headers = new Headers { { "traceparent", Encoding.ASCII.GetBytes(parent) } };
            producer.Produce(input, new Message<byte[], byte[]> { Key = "g"u8.ToArray(), Value = "7"u8.ToArray(), Headers = headers });
            producer.Flush(TimeSpan.FromSeconds(30)).ShouldBe(0);
        }

        await using (var streams = new KafkaStreams(Build(input, output), options, new TestLogger()))
        {
            await streams.StartAsync(Ending);
            HeadersOf(output, "g").ShouldBe(parent);
        }

        Activity[] records = [.. ended.Where(a => a.TraceId == trace)];
        records.Select(static a => a.OperationName).ShouldBe([$"process {input}", $"process {options.ApplicationId}-groups-repartition"]);
        Activity[] own = [.. ended.Where(a => (string?)a.GetTagItem("usagestreams.application") == options.ApplicationId)];
        Activity commit = own.First(static a => a is { OperationName: "commit", Status: ActivityStatusCode.Ok });
        commit.Duration.ShouldBeGreaterThan(TimeSpan.Zero);
        ((int)commit.GetTagItem("usagestreams.partitions")!).ShouldBeGreaterThan(0);
        own.Where(static a => a.OperationName == "restore").Select(static a => a.GetTagItem("usagestreams.task")).ShouldBe(
            ["groups/0", "groups/1", "numbers/0", "numbers/1"], ignoreOrder: true);
        own.Where(static a => a.OperationName == "rebalance").Select(static a => a.GetTagItem("usagestreams.event")).ShouldContain("assigned");
    }

    private static Streams.Topology Build(string input, string output)
    {
        StoreBuilder<string, long> store = Stores.KeyValue("totals", Serdes.Utf8, Serdes.Int64);
        StreamsBuilder builder = new StreamsBuilder().HandleFaults(new FaultHandling { Processing = FaultHandlers.Continue });
        builder.Stream(
                input,
                Consumed.With(Serdes.Utf8, Serdes.Utf8).WithName("numbers").WithTimestamps(
                    static (in Record<string, string> r, long arrival) => r.Value == "odd" ? throw new UndecodableException("The number is odd.") : arrival),
                out KStream<byte[]?, UndecodableRecord> undecodable)
            .MapValues("number", static (in Record<string, string> r) => long.Parse(r.Value, CultureInfo.InvariantCulture))
            .Repartition(Repartitioned.With("groups", Serdes.Utf8, Serdes.Int64))
            .Process("sum", () => new Sum(store), store)
            .To(output, Produced.With(Serdes.Utf8, Serdes.Int64));
        undecodable.Map("cause", static (in Record<byte[]?, UndecodableRecord> r) => r.With("undecodable", 0L)).To(output, Produced.With(Serdes.Utf8, Serdes.Int64).WithName("to-undecodable"));
        return builder.Build();
    }

    /// <summary>Names of attributes by the name of the instrument, as docs/metrics.md has them.</summary>
    private static Dictionary<string, string> Documented()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "UsageStreams.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return Row().Matches(File.ReadAllText(Path.Combine(folder.FullName, "docs", "metrics.md"))).ToDictionary(
            static m => m.Groups["name"].Value,
            static m => string.Join(' ', m.Groups["attributes"].Value.Split(", ").Select(static a => a == "thread" ? "messaging.client.id" : $"usagestreams.{a}")
                .Append("usagestreams.application").Order(StringComparer.Ordinal)),
            StringComparer.Ordinal);
    }

    [GeneratedRegex(@"^\| `usagestreams\.streams\.(?<name>[a-z._]+)` \| [^|]+ \| [^|]+ \| (?<attributes>[^|]+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    private async Task<(StreamsOptions Options, string Input, string Output)> PrepareAsync() =>
        (new StreamsOptions { ApplicationId = kafka.Unique("app"), Connection = kafka.Connection }, await kafka.CreateTopicAsync("in", 2), await kafka.CreateTopicAsync("out", 1));

    private string? HeadersOf(string topic, string key)
    {
        using IConsumer<string, byte[]> consumer = new ConsumerBuilder<string, byte[]>(kafka.Connection.ConsumerConfig(kafka.Unique("check"))).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        long start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(60))
        {
            ConsumeResult<string, byte[]>? read = consumer.Consume(TimeSpan.FromMilliseconds(100));
            if (read?.Message.Key == key)
                return read.Message.Headers.TryGetLastBytes("traceparent", out byte[] value) ? Encoding.ASCII.GetString(value) : null;
        }

        throw new TimeoutException($"No record '{key}' in topic {topic} after 60 s.");
    }

    private sealed class Sum(StoreBuilder<string, long> store) : IProcessor<string, long, string, long>
    {
        private ProcessorContext<string, long> _context = null!;
        private KeyValueStore<string, long> _totals = null!;

        public void Init(ProcessorContext<string, long> context)
        {
            _context = context;
            _totals = context.GetStore(store);
        }

        public void Process(in Record<string, long> record)
        {
            _totals.Put(record.Key, _totals.Get(record.Key) + record.Value);
            _context.Forward(in record);
        }
    }
}
