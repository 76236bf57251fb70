using UsageStreams.Streams;
using UsageStreams.Streams.Windows;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>The windowed sum by hand: a processor that looks a window up, puts its new sum, and reads the key's last windows in the order of time.</summary>
internal sealed class WindowStoreSum(WindowStoreBuilder<long, Total> store) : IProcessor<long, Reading, long, Total>
{
    private const long Minute = 60_000;
    private ProcessorContext<long, Total> _context = null!;
    private WindowStore<long, Total> _sums = null!;

    public static Streams.Topology Topology()
    {
        var number = FixedLayout<long>.Instance;
        var total = FixedLayout<Total>.Instance;
        var sums = Stores.Window("sums", number, total, TimeSpan.FromMilliseconds(Minute), TimeSpan.FromMilliseconds(2 * Minute));
        var builder = new StreamsBuilder();
        builder.Stream("events", Consumed.With(number, FixedLayout<Reading>.Instance)
                .WithName("events").WithTimestamps(static (in Record<long, Reading> record, long _) => record.Value.Time))
            .Process("sum", () => new WindowStoreSum(sums), sums)
            .To("out", Produced.With(number, total));
        return builder.Build();
    }

    public void Init(ProcessorContext<long, Total> context) => (_context, _sums) = (context, context.GetStore(store));

    public void Process(in Record<long, Reading> record)
    {
        var minute = record.Timestamp / Minute * Minute;
        _sums.TryGet(record.Key, minute, out var sum);
        _sums.Put(record.Key, minute, new Total(sum.Quantity + record.Value.Quantity, sum.Events + 1));
        Total all = default;
        foreach (var (_, of) in _sums.Fetch(record.Key, minute - Minute, minute + 1))
            all = new Total(all.Quantity + of.Quantity, all.Events + of.Events);
        _context.Forward(record.WithValue(all));
    }
}
