using System.Buffers;
using System.Diagnostics;
using System.Reflection;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Streams.Tests;

/// <summary>
/// What a task allocates per record once its code is compiled and its stores have grown: decoding, operators, stores, windows that close, encoding, commits.
/// </summary>
public sealed class AllocationTests
{
    private const int FixedLimit = 16;
    private const int TextLimit = 200;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_stateless_task_allocates_nothing_to_speak_of() => Measure(FixedLimit, builder => builder.Stream("in", Numbers)
        .Filter("even", static (in Record<long, long> record) => record.Value % 2 == 0)
        .MapValues("next", static (in Record<long, long> record) => record.Value + 1)
        .To("out", Produced.With(Serdes.Int64, Serdes.Int64)));

    [Theory]
    [InlineData(EmitStrategy.OnCommit)]
    [InlineData(EmitStrategy.OnUpdate)]
    [InlineData(EmitStrategy.OnWindowClose)]
    public void A_windowed_sum_of_numbers_allocates_nothing_to_speak_of(EmitStrategy emit) => Measure(FixedLimit, builder =>
    {
        WindowedKTable<long, long, long> sums = builder.Stream("in", Numbers).GroupByKey().WindowedBy(TumblingWindows.Of(Minute)).Aggregate(
            static () => 0, static (long all, in Record<long, long> record) => all + record.Value, Materialized.As("sums", Serdes.Int64, Serdes.Int64).WithEmit(emit));
        sums.ToStream("changes").To("out", Produced.With(Serdes.Windowed(Serdes.Int64), Serdes.Int64));
        sums.Late.To("late", Produced.With(Serdes.Windowed(Serdes.Int64), Serdes.Int64));
    });

    [Fact]
    public void A_deduplication_of_numbers_allocates_nothing_to_speak_of() => Measure(FixedLimit, builder =>
    {
        DeduplicatedStream<long, long> first = builder.Stream("in", Numbers).Deduplicate("seen", static (in Record<long, long> record) => record.Value, Minute, Serdes.Int64);
        first.To("out", Produced.With(Serdes.Int64, Serdes.Int64));
        first.Late.To("late", Produced.With(Serdes.Int64, Serdes.Int64));
    });

    [Fact]
    public void A_windowed_sum_by_text_allocates_the_text_and_little_else() => Measure(TextLimit, builder =>
    {
        WindowedKTable<string, long, long> sums = builder
            .Stream("in", Consumed.With(new NumberAsText(), Serdes.Int64).WithTimestamps(static (in Record<string, long> record, long _) => record.Value))
            .GroupByKey().WindowedBy(TumblingWindows.Of(Minute)).Count(Materialized.As("counts", Serdes.Utf8, Serdes.Int64));
        sums.ToStream("changes").To("out", Produced.With(Serdes.Windowed(Serdes.Utf8), Serdes.Int64));
        sums.Late.To("late", Produced.With(Serdes.Windowed(Serdes.Utf8), Serdes.Int64));
    });

    private static Consumed<long, long> Numbers => Consumed.With(Serdes.Int64, Serdes.Int64)
        .WithTimestamps(static (in Record<long, long> record, long _) => record.Value);

    /// <summary>Feeds rounds of records until one stays within the limit; the compiler's last word comes some time after the first calls.</summary>
    private static void Measure(int limit, Action<StreamsBuilder> describe)
    {
        Assert.SkipWhen(
            typeof(StreamTask).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled == true,
            "The engine is built without optimisation, which boxes where the product doesn't.");
        var builder = new StreamsBuilder();
        describe(builder);
        var rounds = new TaskRounds(builder.Build());
        double least = double.MaxValue;
        long start = Stopwatch.GetTimestamp();
        while (least > limit && Stopwatch.GetElapsedTime(start) < Minute)
            least = Math.Min(least, rounds.Next());

        least.ShouldBeLessThanOrEqualTo(limit);
    }

    private sealed class NumberAsText : ISerde<string>
    {
        public void Serialize(string value, IBufferWriter<byte> output) => Serdes.Utf8.Serialize(value, output);

        public string Deserialize(ReadOnlySpan<byte> data) => $"tenant-{Serdes.Int64.Deserialize(data)}";
    }

    /// <summary>A task and its input: each round is two minutes of event time, so that windows open and close in it.</summary>
    private sealed class TaskRounds
    {
        private const int Records = 40_000;
        private const int Keys = 1000;
        private const int Commit = 2000;

        private readonly ArrayBufferWriter<byte> _key = new();
        private readonly ArrayBufferWriter<byte> _value = new();
        private readonly StreamTask _task;
        private long _number;

        public TaskRounds(Topology topology)
        {
            var environment = new TaskEnvironment("test", new Nowhere(), TimeProvider.System, TimeSpan.FromSeconds(30), new Dictionary<GlobalKTable, TableView>());
            _task = new StreamTask(topology.Graphs[0], 0, 1, environment);
            _task.Start(0);
        }

        /// <summary>Bytes allocated per record of the round.</summary>
        public double Next()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Records; i++)
            {
                Process(_number % Keys, _number * 3);
                if (++_number % Commit != 0)
                    continue;
                _task.PrepareCommit();
                _task.Committed(_number);
            }

            return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Records;
        }

        private void Process(long key, long value)
        {
            _key.ResetWrittenCount();
            _value.ResetWrittenCount();
            Serdes.Int64.Serialize(key, _key);
            Serdes.Int64.Serialize(value, _value);
            _task.Process(new InputRecord(_number, value) { Key = _key.WrittenSpan, HasKey = true, Value = _value.WrittenSpan, HasValue = true });
        }
    }

    private sealed class Nowhere : RecordCollector
    {
        public override int PartitionCount(string topic) => 1;

        protected override void Write(in OutputRecord record)
        {
        }
    }
}
