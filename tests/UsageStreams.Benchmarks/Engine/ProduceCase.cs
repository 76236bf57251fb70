using System.Diagnostics;
using Confluent.Kafka;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>
/// Records written per second until all are acknowledged: by the engine's own producer, in a transaction; through the native client's memory; and by
/// Confluent.Kafka's <c>Produce</c> without reports.
/// </summary>
internal static class ProduceCase
{
    private const int DefaultRecords = 2_000_000;
    private const int ValueLength = 142;

    private delegate void Send(string topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    public static async Task<IReadOnlyList<CaseResult>> RunAsync(EngineSetting setting, IReadOnlyList<string> names)
    {
        var records = setting.Options.Records ?? DefaultRecords;
        var load = new EngineLoad(setting.Connection, records);
        var rounds = new Rounds();
        for (var run = 1; run <= setting.Options.Runs; run++)
        {
            var (plain, native, own) = (load.Output($"produced-plain{run}"), load.Output($"produced-native{run}"), load.Output($"produced{run}"));
            await load.CreateAsync(plain, native, own);
            rounds.Add("produce-plain", Plain(setting.Connection, plain, records));
            rounds.Add("produce-native", Native(setting.Connection, native, records));
            rounds.Add("produce", Own(setting.Connection, own, records));
        }

        return rounds.Results("produce-plain");
    }

    private static Measured Native(KafkaConnection connection, string topic, int records)
    {
        using var publisher = new Publisher(connection, EngineLoad.Partitions);
        return Measure(publisher.Send, publisher.Flush, topic, records);
    }

    private static Measured Own(KafkaConnection connection, string topic, int records)
    {
        using var writer = new OwnWriter(connection, topic);
        return Measure(writer.Send, writer.Flush, topic, records);
    }

    private static Measured Measure(Send send, Action flush, string topic, int records)
    {
        var value = new byte[ValueLength];
        Span<byte> key = stackalloc byte[sizeof(long)];
        var (started, allocated) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes());
        for (var number = 0; number < records; number++)
        {
            BitConverter.TryWriteBytes(key, (long)number);
            send(topic, key, value);
        }

        flush();
        return Result(records, started, allocated);
    }

    private static Measured Plain(KafkaConnection connection, string topic, int records)
    {
        var value = new byte[ValueLength];
        using var producer = new ProducerBuilder<byte[], byte[]>(Publisher.Config(connection)).Build();
        var (started, allocated) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes());
        for (var number = 0; number < records; number++)
        {
            var key = BitConverter.GetBytes((long)number);
            var partition = new TopicPartition(topic, Partitioners.Murmur2(key, EngineLoad.Partitions));
            Produce(producer, partition, new Message<byte[], byte[]> { Key = key, Value = value });
        }

        while (producer.Flush(TimeSpan.FromSeconds(10)) > 0) EngineSetting.Say("still writing");
        return Result(records, started, allocated);
    }

    private static void Produce(IProducer<byte[], byte[]> producer, TopicPartition partition, Message<byte[], byte[]> message)
    {
        while (true)
        {
            try
            {
                producer.Produce(partition, message);
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(10));
            }
        }
    }

    private static Measured Result(int records, long started, long allocated) => new(
        records / Stopwatch.GetElapsedTime(started).TotalSeconds, (GC.GetTotalAllocatedBytes() - allocated) / (double)records);
}
