using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using UsageStreams.Streams.Internal.Native;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>The engine's way to read, without anything done to the records.</summary>
internal static class NativeLoop
{
    private const int BatchLimit = 2000;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(1);

    public static Measured Run(EngineLoad load)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(load.Connection.ConsumerConfig(load.Application("native"))).Build();
        using var batch = new BatchReader(consumer, BatchLimit);
        var partitions = new PartitionIndex<string>(static partition => partition.Topic);
        consumer.Assign(Beginning(load));
        long started = 0, allocated = 0, bytes = 0;
        for (var read = 0; read < load.Records; read += batch.Count)
        {
            batch.Read(TimeSpan.FromSeconds(10));
            if (batch.Count == 0)
                throw new InvalidOperationException($"The native loop read {read} of {load.Records} records of {load.Events} and then nothing for 10 s.");
            if (read == 0) (started, allocated) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes());
            bytes += Bytes(batch, partitions);
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return bytes == 150L * load.Records
            ? new Measured(load.Records / seconds, (GC.GetTotalAllocatedBytes() - allocated) / (double)load.Records)
            : throw new InvalidOperationException($"{load.Records} records of 150 bytes were written to {load.Events}, and {bytes} bytes read.");
    }

    /// <summary>The rate at which records are taken that the client has fetched already: what the engine's side of reading costs by itself.</summary>
    public static Measured Drain(EngineLoad load)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(load.Connection.ConsumerConfig(load.Application("drain"))).Build();
        using var batch = new BatchReader(consumer, BatchLimit);
        var partitions = new PartitionIndex<string>(static partition => partition.Topic);
        consumer.Assign(Beginning(load));
        batch.Read(TimeSpan.FromSeconds(10));
        var fetched = Fetched(batch.Client.Pointer);
        var (started, allocated, read) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes(), 0L);
        while (read < fetched)
        {
            batch.Read(TimeSpan.Zero);
            _ = Bytes(batch, partitions);
            read += batch.Count;
        }

        return new Measured(read / Stopwatch.GetElapsedTime(started).TotalSeconds, (GC.GetTotalAllocatedBytes() - allocated) / (double)read)
        {
            Figures = new Dictionary<string, double>(StringComparer.Ordinal) { ["records that were fetched before"] = fetched },
        };
    }

    /// <summary>Waits until the client fetches no more, and gives how many records it has.</summary>
    private static long Fetched(nint client)
    {
        var queue = Export<QueueOf>("rd_kafka_queue_get_consumer")(client);
        var lengthOf = Export<LengthOf>("rd_kafka_queue_length");
        var (length, since) = (lengthOf(queue), Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(since) < Settled)
        {
            Thread.Yield();
            if (lengthOf(queue) is var now && now == length) continue;
            (length, since) = (now, Stopwatch.GetTimestamp());
        }

        Export<Destroy>("rd_kafka_queue_destroy")(queue);
        return (long)length;
    }

    private static IEnumerable<TopicPartitionOffset> Beginning(EngineLoad load) =>
        Enumerable.Range(0, EngineLoad.Partitions).Select(partition => new TopicPartitionOffset(load.Events, partition, Offset.Beginning));

    private static T Export<T>(string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(ConfluentClient.LoadLibrary(), name));

    private delegate nint QueueOf(nint client);

    private delegate nuint LengthOf(nint queue);

    private delegate void Destroy(nint queue);

    private static long Bytes(BatchReader batch, PartitionIndex<string> partitions)
    {
        long bytes = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var record = batch[i];
            if (record.IsError) throw record.Error;
            if (partitions.Find(in record) is null) continue;
            InputRecord input = record.ToInput();
            bytes += input.Key.Length + input.Value.Length + input.Headers.Count;
        }

        return bytes;
    }
}
