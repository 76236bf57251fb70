using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine.Standby;

/// <summary>Waits for the first record that this process writes of a partition which another process had.</summary>
internal static class FirstOutput
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <returns>When it was read.</returns>
    public static Task<long> Await(KafkaConnection connection, string output, int partition, IsolationLevel isolation) =>
        Task.Factory.StartNew(() => Read(connection, output, partition, isolation), TaskCreationOptions.LongRunning);

    private static long Read(KafkaConnection connection, string output, int partition, IsolationLevel isolation)
    {
        var config = connection.ConsumerConfig($"{output}-{isolation}");
        config.IsolationLevel = isolation;
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).Build();
        consumer.Assign(Enumerable.Range(0, StandbyTopology.Partitions).Select(one => new TopicPartitionOffset(output, one, Offset.End)));
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < LongestWait)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is not { } record) continue;
            var counted = MemoryMarshal.Read<Counted>(record.Message.Value);
            if (counted.Partition == partition && counted.Process == Environment.ProcessId) return Stopwatch.GetTimestamp();
        }

        throw new InvalidOperationException($"Nobody wrote to {output} for partition {partition} within {LongestWait} after its instance was killed.");
    }
}
