using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>Something that copies records from one topic to another until it is disposed.</summary>
internal interface ICopy : IAsyncDisposable
{
    Task StartAsync();
}

/// <summary>Sends the time of day through a copy, 100 times a second, and reads it back.</summary>
internal static class LatencyProbe
{
    private const int Sent = 600;

    // What the first second takes is starting, not running.
    private const int Skipped = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    public static async Task<IReadOnlyDictionary<string, double>> RunAsync(EngineLoad load, string name, Func<string, string, EngineLoad, ICopy> make)
    {
        var (input, output) = (load.Output($"{name}-in"), load.Output(name));
        await load.CreateAsync(input, output);
        await using var copy = make(input, output, load);
        await copy.StartAsync();
        var visible = Task.Factory.StartNew(() => Read(load, output, IsolationLevel.ReadUncommitted), TaskCreationOptions.LongRunning);
        var committed = Task.Factory.StartNew(() => Read(load, output, IsolationLevel.ReadCommitted), TaskCreationOptions.LongRunning);
        await SendAsync(load, input);
        var (first, last) = (await visible, await committed);
        return new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["p50, ms"] = first.At(0.5),
            ["p99, ms"] = first.At(0.99),
            ["committed p50, ms"] = last.At(0.5),
            ["committed p99, ms"] = last.At(0.99),
        };
    }

    private static async Task SendAsync(EngineLoad load, string topic)
    {
        var config = load.Connection.ProducerConfig();
        config.LingerMs = 0;
        using var producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        using var timer = new PeriodicTimer(Interval);
        for (long number = 0; number < Sent; number++)
        {
            await timer.WaitForNextTickAsync();
            producer.Produce(topic, new Message<byte[], byte[]> { Key = BitConverter.GetBytes(number), Value = BitConverter.GetBytes(Stopwatch.GetTimestamp()) });
        }

        producer.Flush();
    }

    private static Quantiles Read(EngineLoad load, string topic, IsolationLevel isolation)
    {
        var config = load.Connection.ConsumerConfig($"{topic}-{isolation}");
        config.IsolationLevel = isolation;
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).Build();
        consumer.Assign(Enumerable.Range(0, EngineLoad.Partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var latencies = new Quantiles();
        for (var read = 0; read < Sent; read++)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(30))
                ?? throw new InvalidOperationException($"{read} of {Sent} records came through {topic}, and then nothing for 30 s.");
            var now = Stopwatch.GetTimestamp();
            if (read >= Skipped) latencies.Add(Stopwatch.GetElapsedTime(MemoryMarshal.Read<long>(record.Message.Value), now));
        }

        return latencies;
    }
}
