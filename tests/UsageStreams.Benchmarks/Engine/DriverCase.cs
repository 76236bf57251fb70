using System.Diagnostics;
using System.Runtime.InteropServices;
using UsageStreams.Streams;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Testing;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>
/// The engine's tasks on one thread, fed with bytes and writing into nothing: decoding, operators, stores, encoding, punctuation and the commit's
/// work, and neither client nor broker. What comes of the windowed sum with more keys is the flatness. And records piped through TopologyTestDriver.
/// </summary>
internal static class DriverCase
{
    private const int DefaultRecords = 8_000_000;
    private const int Fewest = 100;
    private const int Most = 1_000_000;
    private const int Piped = 300_000;

    private static readonly FixedLayout<long> Number = FixedLayout<long>.Instance;
    private static readonly FixedLayout<Total> Sums = FixedLayout<Total>.Instance;
    private static readonly Consumed<long, Reading> Readings = Consumed.With(Number, FixedLayout<Reading>.Instance)
        .WithName("events")
        .WithTimestamps(static (in Record<long, Reading> record, long _) => record.Value.Time);

    public static Task<IReadOnlyList<CaseResult>> RunAsync(EngineSetting setting, IReadOnlyList<string> names)
    {
        var records = setting.Options.Records ?? DefaultRecords;
        var keys = setting.Options.Keys ?? Most;
        var rounds = new Rounds();
        // The just-in-time compiler's work is done in a run that doesn't count.
        for (var run = 0; run <= setting.Options.Runs; run++)
        {
            var counted = run > 0 ? rounds : new Rounds();
            counted.Add($"driver-sum-{Fewest}", Run(Sum(), records, Fewest));
            counted.Add($"driver-sum-{keys}", Run(Sum(), records, keys));
            counted.Add($"driver-store-{Fewest}", Run(WindowStoreSum.Topology(), records, Fewest));
            counted.Add($"driver-store-{keys}", Run(WindowStoreSum.Topology(), records, keys));
            counted.Add("driver-stateless", Run(Stateless(), records, Fewest));
            counted.Add("driver-pipe", Pipe());
        }

        return Task.FromResult(rounds.Results($"driver-sum-{Fewest}"));
    }

    private static Measured Run(Streams.Topology topology, int records, int keys)
    {
        // Two windows: the second half sums as many keys as the first, and closes its windows.
        var feed = new TaskFeed(topology, keys, records / 2);
        feed.Take(records / 2);
        var (started, allocated) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes());
        feed.Take(records - (records / 2));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var taken = (double)(records - (records / 2));
        return new Measured(taken / seconds, (GC.GetTotalAllocatedBytes() - allocated) / taken);
    }

    private static Measured Pipe()
    {
        using var driver = new TopologyTestDriver(Sum(), new TopologyTestDriverOptions { CommitAfterEachRecord = false });
        var input = driver.CreateInputTopic("events", Number, FixedLayout<Reading>.Instance);
        var (started, allocated) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes());
        for (var number = 0; number < Piped; number++)
        {
            input.Pipe(number % Fewest, TaskFeed.ReadingOf(number, Piped / 2));
            if (number % 10_000 == 0) driver.Commit();
        }

        driver.Commit();
        return new Measured(Piped / Stopwatch.GetElapsedTime(started).TotalSeconds, (GC.GetTotalAllocatedBytes() - allocated) / (double)Piped);
    }

    private static Streams.Topology Stateless()
    {
        var builder = new StreamsBuilder();
        builder.Stream("events", Readings)
            .Filter("billable", static (in Record<long, Reading> record) => record.Value.Status == 200)
            .MapValues("usage", static (in Record<long, Reading> record) => new Usage(record.Value.Id, record.Value.Time, record.Value.Quantity))
            .To("out", Produced.With(Number, FixedLayout<Usage>.Instance));
        return builder.Build();
    }

    private static Streams.Topology Sum()
    {
        var builder = new StreamsBuilder();
        var sums = builder.Stream("events", Readings)
            .GroupByKey()
            .WindowedBy(TumblingWindows.Of(TimeSpan.FromMinutes(1)))
            .Aggregate(
                static () => default,
                static (Total all, in Record<long, Reading> record) => new Total(all.Quantity + record.Value.Quantity, all.Events + 1),
                Materialized.As("sums", Number, Sums));
        sums.ToStream("changes").To("out", Produced.With(Serdes.Windowed(Number), Sums));
        sums.Late.To("late", Produced.With(Serdes.Windowed(Number), FixedLayout<Reading>.Instance));
        return builder.Build();
    }
}

/// <summary>Feeds a task as a stream thread does: punctuates after each batch, commits ten times a second.</summary>
internal sealed class TaskFeed
{
    private const int Batch = 2000;
    private static readonly TimeSpan CommitInterval = TimeSpan.FromMilliseconds(100);

    private readonly StreamTask _task;
    private readonly int _keys;
    private readonly int _perMinute;
    private int _number;
    private long _lastCommit = Stopwatch.GetTimestamp();

    public TaskFeed(Streams.Topology topology, int keys, int perMinute)
    {
        (_keys, _perMinute) = (keys, perMinute);
        var environment = new TaskEnvironment("driver", new Nowhere(), TimeProvider.System, TimeSpan.FromSeconds(30), new Dictionary<GlobalKTable, TableView>());
        _task = new StreamTask(topology.Graphs[0], 0, 1, environment);
        _task.Start(0);
    }

    public static Reading ReadingOf(int number, int perMinute) => new() { Id = number, Time = number * 60_000L / perMinute, Quantity = number % 1000, Status = number % 16 == 0 ? 404 : 200 };

    public void Take(int records)
    {
        for (var taken = 0; taken < records; taken += Batch)
        {
            for (var i = 0; i < Math.Min(Batch, records - taken); i++)
            {
                if (i % SourceNode.AheadLimit == 0) ReadAhead();
                Take();
            }

            _task.Punctuate();
            if (Stopwatch.GetElapsedTime(_lastCommit) < CommitInterval) continue;
            Commit();
        }

        Commit();
    }

    private void ReadAhead()
    {
        if (!_task.ReadsAhead) return;
        for (var number = _number; number < _number + SourceNode.AheadLimit; number++) Give(number, ahead: true);
        _task.FetchEntries();
    }

    private void Take() => Give(_number++, ahead: false);

    private void Give(int number, bool ahead)
    {
        long key = (uint)number * 2654435761u % (uint)_keys;
        var reading = ReadingOf(number, _perMinute);
        var record = new InputRecord(number, reading.Time)
        {
            Key = MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in key)),
            HasKey = true,
            Value = MemoryMarshal.AsBytes(new ReadOnlySpan<Reading>(in reading)),
            HasValue = true,
        };
        if (ahead) _task.ReadAhead(in record);
        else _task.Process(in record);
    }

    private void Commit()
    {
        _task.PrepareCommit();
        _task.Committed(_number);
        _lastCommit = Stopwatch.GetTimestamp();
    }

    private sealed class Nowhere : RecordCollector
    {
        public override int PartitionCount(string topic) => 1;

        protected override void Write(in OutputRecord record)
        {
        }
    }
}
