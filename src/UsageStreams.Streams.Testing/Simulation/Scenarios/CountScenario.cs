using static UsageStreams.Streams.Testing.Simulation.Scenarios.SimulationScenarios;

namespace UsageStreams.Streams.Testing.Simulation.Scenarios;

/// <summary>
/// A count per key, sent with every record; and what came since the last time, sent by the wall clock: transactions that hold no input offsets.
/// </summary>
internal sealed class CountScenario : SimulationScenario
{
    private readonly int _partitions;

    public CountScenario(SimulationRandom random)
    {
        _partitions = random.Between(2, 4);
        int keys = random.Between(2, 20);
        var interval = TimeSpan.FromMilliseconds(random.Between(20, 150));
        Input = Enumerable.Range(0, random.Between(50, 150))
            .Select(i => new SimulatedDelivery("events", Bytes($"k{random.Next(keys)}"), Bytes($"{i}"))).WithDuplicates(random);
        StoreBuilder<string, long> counts = Stores.KeyValue("counts", Serdes.Utf8, Serdes.Int64);
        StoreBuilder<string, long> unsent = Stores.KeyValue("unsent", Serdes.Utf8, Serdes.Int64);
        var deltas = new SideOutput<string, long>("deltas");
        var builder = new StreamsBuilder();
        ProcessedStream<string, long> counted = builder.Stream("events", Consumed.With(Serdes.Utf8, Serdes.Utf8).WithName("count"))
            .Process("count-per-key", () => new CountPerKey(counts, unsent, deltas, interval), counts, unsent);
        counted.To("counts", Produced.With(Serdes.Utf8, Serdes.Int64));
        counted.SideOutput(deltas).To("deltas", Produced.With(Serdes.Utf8, Serdes.Int64));
        Topology = builder.Build();
    }

    public override string Name => "count";

    public override Topology Topology { get; }

    public override IReadOnlyDictionary<string, int> Topics => new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["events"] = _partitions, ["counts"] = 3, ["deltas"] = 2,
    };

    public override IReadOnlyList<SimulatedDelivery> Input { get; }

    public override void CheckAlways(SimulationView view)
    {
        Dictionary<string, long> expected = view.Read("events").GroupBy(static r => Text(r.Key)).ToDictionary(static g => g.Key, static g => (long)g.Count());
        view.State("counts", Serdes.Utf8, Serdes.Int64).ShouldEqual(expected, "The state is not the count of the records below the committed offsets");
        Dictionary<string, long> sent = Sums(view);
        foreach ((string key, long unsent) in view.State("unsent", Serdes.Utf8, Serdes.Int64))
            sent[key] = sent.GetValueOrDefault(key) + unsent;
        sent.ShouldEqual(expected, "What was sent by the clock and what is still to be sent are not the count of the records below the committed offsets");
    }

    public override void CheckAtEnd(SimulationView view)
    {
        Dictionary<string, long> expected = view.Committed("events").GroupBy(static r => Text(r.Key)).ToDictionary(static g => g.Key, static g => (long)g.Count());
        view.Committed("counts").Select(static r => (Text(r.Key), Serdes.Int64.Deserialize(r.Value)))
            .ShouldEqual(expected.SelectMany(static e => Enumerable.Range(1, (int)e.Value).Select(n => (e.Key, (long)n))), "The counts sent are not one for each record");
        Sums(view).ShouldEqual(expected, "The sums of what was sent by the clock are not the counts");
    }

    private static Dictionary<string, long> Sums(SimulationView view) => view.Committed("deltas")
        .GroupBy(static r => Text(r.Key)).ToDictionary(static g => g.Key, static g => g.Sum(static r => Serdes.Int64.Deserialize(r.Value)));

    private sealed class CountPerKey(StoreBuilder<string, long> countsHandle, StoreBuilder<string, long> unsentHandle, SideOutput<string, long> deltas, TimeSpan interval)
        : IProcessor<string, string, string, long>
    {
        private ProcessorContext<string, long> _context = null!;
        private KeyValueStore<string, long> _counts = null!;
        private KeyValueStore<string, long> _unsent = null!;

        public void Init(ProcessorContext<string, long> context)
        {
            _context = context;
            _counts = context.GetStore(countsHandle);
            _unsent = context.GetStore(unsentHandle);
            context.Schedule(interval, PunctuationType.WallClock, Send);
        }

        public void Process(in Record<string, string> record)
        {
            long count = _counts.Get(record.Key) + 1;
            _counts.Put(record.Key, count);
            _unsent.Put(record.Key, _unsent.Get(record.Key) + 1);
            _context.Forward(record.WithValue(count));
        }

        private void Send(long now)
        {
            foreach ((string key, long unsent) in _unsent.All.ToArray())
            {
                _context.Forward(deltas, new Record<string, long>(key, unsent, now));
                _unsent.Delete(key);
            }
        }
    }
}
