using System.Diagnostics;
using Confluent.Kafka;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks;

/// <summary>What a user of Confluent.Kafka writes, with the two settings that matter (see docs/engine.md): the ceiling of any engine on it.</summary>
internal static class PlainLoop
{
    public static Measured Run(KafkaConnection connection, string topic, int partitions, int records)
    {
        var config = connection.ConsumerConfig($"{topic}-plain");
        config.Set("queued.min.messages", "1000000");
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        long started = 0, allocated = 0;
        for (var read = 0; read < records;)
        {
            if (consumer.Consume(TimeSpan.FromSeconds(10)) is null)
                throw new InvalidOperationException($"The plain loop read {read} of {records} records of {topic} and then nothing for 10 s.");
            if (read++ == 0) (started, allocated) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes());
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new Measured(records / seconds, (GC.GetTotalAllocatedBytes() - allocated) / (double)records);
    }
}
