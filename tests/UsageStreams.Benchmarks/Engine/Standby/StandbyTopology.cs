using System.Buffers;
using System.Diagnostics;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine.Standby;

/// <summary>What the store has of a key.</summary>
/// <param name="Count">How often it came.</param>
/// <param name="UpdatedAt">When it was counted last; 0 for what was there before the run. The machine's clock, the same in all processes.</param>
/// <param name="WrittenAt">When that was written to the changelog.</param>
internal readonly record struct Stamp(long Count, long UpdatedAt, long WrittenAt);

/// <summary>An output record.</summary>
/// <param name="Partition">Of the input.</param>
/// <param name="Process">Which process wrote it.</param>
internal readonly record struct Counted(int Partition, int Process);

/// <summary>Counts per key for ever, so that the store keeps its size, and writes each count.</summary>
internal static class StandbyTopology
{
    public const int Partitions = 2;

    public static Streams.Topology Build(string input, string output, FollowedLag? lag)
    {
        var number = FixedLayout<long>.Instance;
        var counts = Stores.KeyValue("counts", number, new StampSerde(lag));
        var builder = new StreamsBuilder();
        builder.Stream(input, Consumed.With(number, number).WithName("events"))
            .Process("count", () => new Count(counts), counts)
            .To(output, Produced.With(number, FixedLayout<Counted>.Instance));
        return builder.Build();
    }

    private sealed class Count(StoreBuilder<long, Stamp> handle) : IProcessor<long, long, long, Counted>
    {
        private ProcessorContext<long, Counted> _context = null!;
        private KeyValueStore<long, Stamp> _counts = null!;

        public void Init(ProcessorContext<long, Counted> context) => (_context, _counts) = (context, context.GetStore(handle));

        public void Process(in Record<long, long> record)
        {
            _counts.Put(record.Key, new Stamp(_counts.Get(record.Key).Count + 1, Stopwatch.GetTimestamp(), 0));
            _context.Forward(record.WithValue(new Counted(_context.Metadata.Partition, Environment.ProcessId)));
        }
    }

    /// <summary>Says when a value is written, and tells whoever follows how long ago that was.</summary>
    private sealed class StampSerde(FollowedLag? lag) : ISerde<Stamp>
    {
        public void Serialize(Stamp value, IBufferWriter<byte> output) =>
            FixedLayout<Stamp>.Instance.Serialize(value with { WrittenAt = Stopwatch.GetTimestamp() }, output);

        public Stamp Deserialize(ReadOnlySpan<byte> data)
        {
            var stamp = FixedLayout<Stamp>.Instance.Deserialize(data);
            if (stamp.UpdatedAt > 0) lag?.Take(stamp);
            return stamp;
        }
    }
}

/// <summary>How long after the active instance a follower has what it did. Taken by the follower's thread, read when that has stopped.</summary>
internal sealed class FollowedLag
{
    public Quantiles SinceUpdate { get; } = new();

    public Quantiles SinceWritten { get; } = new();

    /// <summary>Whether what is followed counts now.</summary>
    public volatile bool IsOn;

    public void Take(in Stamp stamp)
    {
        if (!IsOn) return;
        SinceUpdate.Add(Stopwatch.GetElapsedTime(stamp.UpdatedAt));
        SinceWritten.Add(Stopwatch.GetElapsedTime(stamp.WrittenAt));
    }
}
