using System.Diagnostics;
using Confluent.Kafka;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>
/// An application that takes its time, on the engine and on a plain loop whose client has librdkafka's default settings: its queue runs full,
/// and each full queue puts the next fetch off by a second.
/// </summary>
internal static class SlowCase
{
    private const int DefaultRecords = 3_000_000;

    public static async Task<IReadOnlyList<CaseResult>> RunAsync(EngineSetting setting, IReadOnlyList<string> names)
    {
        var load = new EngineLoad(setting.Connection, setting.Options.Records ?? DefaultRecords);
        EngineSetting.Say($"publishing {load.Records:N0} records");
        await load.PublishAsync();
        var rounds = new Rounds();
        for (var run = 1; run <= setting.Options.Runs; run++)
        {
            rounds.Add("slow-defaults", Defaults(load));
            rounds.Add("slow", await EngineAsync(load, $"slow{run}"));
        }

        return rounds.Results("slow-defaults");
    }

    private static async Task<Measured> EngineAsync(EngineLoad load, string name)
    {
        await load.CreateAsync(load.Output(name));
        var pace = new Pace();
        var run = new StreamRun(load.Connection, load.Application(name)) { Records = load.Records, AtEnd = pace.Figures };
        return await run.RunAsync(EngineTopologies.Paced(load, load.Output(name), pace));
    }

    private static Measured Defaults(EngineLoad load)
    {
        var config = load.Connection.ConsumerConfig(load.Application("slow-defaults"));
        config.Set("fetch.queue.backoff.ms", "1000");
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).Build();
        consumer.Assign(Enumerable.Range(0, EngineLoad.Partitions).Select(partition => new TopicPartitionOffset(load.Events, partition, Offset.Beginning)));
        var pace = new Pace();
        long started = 0, allocated = 0;
        for (var read = 0; read < load.Records; read++)
        {
            if (consumer.Consume(TimeSpan.FromSeconds(10)) is null)
                throw new InvalidOperationException($"The slow loop read {read} of {load.Records} records of {load.Events} and then nothing for 10 s.");
            if (read == 0) (started, allocated) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes());
            pace.Take();
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new Measured(load.Records / seconds, (GC.GetTotalAllocatedBytes() - allocated) / (double)load.Records) { Figures = pace.Figures() };
    }
}

/// <summary>Work that takes 2 µs per record. It makes up for what it was kept waiting, a tenth of a second at most.</summary>
internal sealed class Pace
{
    public const int PerSecond = 500_000;
    private const int Step = 100;
    private static readonly long StepTicks = Stopwatch.Frequency * Step / PerSecond;
    private static readonly long MostMadeUp = Stopwatch.Frequency / 10;

    private long _taken;
    private long _first;
    private long _due;
    private long _last;
    private long _longest;

    /// <summary>One record's work.</summary>
    public void Take()
    {
        var now = Stopwatch.GetTimestamp();
        if (_taken++ == 0) _first = _due = _last = now;
        _longest = Math.Max(_longest, now - _last);
        if (_taken % Step == 0)
        {
            _due = Math.Max(_due, now - MostMadeUp) + StepTicks;
            while ((now = Stopwatch.GetTimestamp()) < _due) Thread.SpinWait(10);
        }

        _last = now;
    }

    public IReadOnlyDictionary<string, double> Figures() => new Dictionary<string, double>(StringComparer.Ordinal)
    {
        ["share of the pace kept"] = _taken / Stopwatch.GetElapsedTime(_first, _last).TotalSeconds / PerSecond,
        ["longest wait for a record, ms"] = Stopwatch.GetElapsedTime(0, _longest).TotalMilliseconds,
    };
}
