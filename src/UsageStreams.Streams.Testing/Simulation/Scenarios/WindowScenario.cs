using System.Globalization;
using static UsageStreams.Streams.Testing.Simulation.Scenarios.SimulationScenarios;

namespace UsageStreams.Streams.Testing.Simulation.Scenarios;

/// <summary>
/// Duplicates dropped, partial sums by account through a repartition with a combiner, windows closed by the watermark, late sums at once.
/// </summary>
internal sealed class WindowScenario : SimulationScenario
{
    private const long Start = 1_767_225_600_000;
    private const string EndAccount = "end";

    private readonly int _partitions;

    public WindowScenario(SimulationRandom random)
    {
        _partitions = random.Between(2, 4);
        int tenants = random.Between(2, 10);
        int spread = random.Between(0, 3000);
        Input = Enumerable.Range(0, random.Between(50, 150)).Select(i => Usage(
            $"t{random.Next(tenants)}", $"e{i}", $"a{random.Next(3)}", random.Between(1, 9), Start + (i * 40) + random.Next(spread + 1))).WithDuplicates(random);
        bool everywhere = random.PerMille(500);
        After =
        [
            .. Enumerable.Range(0, everywhere ? _partitions : 1).Select(p => Usage("end", $"end{p}", EndAccount, 1, Start + 3_600_000) with { Partition = p }),
        ];
        Topology = Build();
    }

    public override string Name => "windows";

    public override Topology Topology { get; }

    public override IReadOnlyDictionary<string, int> Topics => new Dictionary<string, int>(StringComparer.Ordinal) { ["usage"] = _partitions, ["ledger"] = 3 };

    public override IReadOnlyList<SimulatedDelivery> Input { get; }

    public override IReadOnlyList<SimulatedDelivery> After { get; }

    public override void CheckAlways(SimulationView view)
    {
        view.State("seen", Serdes.Utf8, Serdes.Int64).Keys
            .ShouldEqual(view.Read("usage").Select(static r => UsageEvent.Parse(r.Value!).Id).Distinct(), "The ids kept are not those below the committed offsets");
        var ledger = Sums(view);
        view.State("windows", Serdes.Utf8, WindowSerde.Instance).Where(static w => w.Value.IsClosed).Select(static w => (w.Key, w.Value.Sum))
            .ShouldEqual(ledger.Select(static l => (l.Key, l.Value)), "The sums of the closed windows in the state and in the output differ");
    }

    public override void CheckAtEnd(SimulationView view)
    {
        Dictionary<string, long> expected = view.Committed("usage").Select(static r => UsageEvent.Parse(r.Value!)).DistinctBy(static e => e.Id)
            .Where(static e => e.Account != EndAccount).GroupBy(static e => e.Window).ToDictionary(static g => g.Key, static g => g.Sum(static e => e.Amount));
        Dictionary<string, long> actual = Sums(view);
        actual.ShouldEqual(expected, "The sums of the windows are not those of the distinct events");
        foreach (IGrouping<string, SimulatedRecord> window in view.Committed("ledger").GroupBy(static r => Text(r.Key)))
        {
            string kinds = string.Concat(window.Select(static r => Text(r.Value)[0]));
            if (kinds.TrimEnd('L') != "F")
                throw new SimulationViolationException($"Window {window.Key} has the entries {kinds}; it must have one final one and then late ones.");
        }
    }

    private static SimulatedDelivery Usage(string tenant, string id, string account, long amount, long time) =>
        new("usage", Bytes(tenant), Bytes($"{id}|{account}|{amount}|{time}"));

    private static Dictionary<string, long> Sums(SimulationView view) => view.Committed("ledger")
        .Where(static r => !Text(r.Key).StartsWith(EndAccount, StringComparison.Ordinal))
        .GroupBy(static r => Text(r.Key)).ToDictionary(static g => g.Key, static g => g.Sum(static r => long.Parse(Text(r.Value)[1..], CultureInfo.InvariantCulture)));

    private static Topology Build()
    {
        StoreBuilder<string, long> seen = Stores.KeyValue("seen", Serdes.Utf8, Serdes.Int64);
        StoreBuilder<string, Window> windows = Stores.KeyValue("windows", Serdes.Utf8, WindowSerde.Instance);
        var builder = new StreamsBuilder();
        builder.Stream("usage", Consumed.With(Serdes.Utf8, Serdes.Bytes).WithName("meter")
                .WithTimestamps(static (in Record<string, byte[]> r, long _) => UsageEvent.Parse(r.Value).Time))
            .Process("deduplicate", () => new Deduplicate(seen), seen)
            .Repartition(Repartitioned.With("partials", Serdes.Utf8, Serdes.Int64)
                .WithPartitioner(static (key, partitions) => Partitioners.Murmur2(Bytes(key[..key.IndexOf('@')]), partitions))
                .WithCombiner(static (all, next) => all + next)
                .WithWatermarks(TimeSpan.FromMilliseconds(100)))
            .Process("settle", () => new Settle(windows), windows)
            .To("ledger", Produced.With(Serdes.Utf8, Serdes.Utf8));
        return builder.Build();
    }

    private sealed class Deduplicate(StoreBuilder<string, long> handle) : IProcessor<string, byte[], string, long>
    {
        private ProcessorContext<string, long> _context = null!;
        private KeyValueStore<string, long> _seen = null!;

        public void Init(ProcessorContext<string, long> context) => (_context, _seen) = (context, context.GetStore(handle));

        public void Process(in Record<string, byte[]> record)
        {
            UsageEvent usage = UsageEvent.Parse(record.Value);
            if (_seen.TryGet(usage.Id, out _))
                return;
            _seen.Put(usage.Id, usage.Time);
            _context.Forward(record.With(usage.Window, usage.Amount));
        }
    }

    private sealed class Settle(StoreBuilder<string, Window> handle) : IProcessor<string, long, string, string>
    {
        private ProcessorContext<string, string> _context = null!;
        private KeyValueStore<string, Window> _windows = null!;

        public void Init(ProcessorContext<string, string> context)
        {
            (_context, _windows) = (context, context.GetStore(handle));
            context.Schedule(TimeSpan.FromMilliseconds(UsageEvent.WindowSize), PunctuationType.StreamTime, Close);
        }

        public void Process(in Record<string, long> record)
        {
            Window window = _windows.Get(record.Key);
            window = window with { Sum = window.Sum + record.Value };
            if (window.IsClosed)
                _context.Forward(new Record<string, string>(record.Key, $"L{record.Value}", record.Timestamp));
            else if (_context.StreamTime >= UsageEvent.CloseOf(record.Key))
                window = Final(record.Key, window, record.Timestamp);
            _windows.Put(record.Key, window);
        }

        private void Close(long streamTime)
        {
            foreach ((string key, Window window) in _windows.All)
            {
                if (!window.IsClosed && UsageEvent.CloseOf(key) <= streamTime)
                    _windows.Put(key, Final(key, window, streamTime));
            }
        }

        private Window Final(string key, Window window, long time)
        {
            _context.Forward(new Record<string, string>(key, $"F{window.Sum}", time));
            return window with { IsClosed = true };
        }
    }
}
