using static UsageStreams.Streams.Testing.Simulation.Scenarios.SimulationScenarios;

namespace UsageStreams.Streams.Testing.Simulation.Scenarios;

/// <summary>
/// A count per key without transactions: what lies below a committed offset is in the output, perhaps more than once. Nothing is said of the
/// state, because nobody fences a worker that was replaced: what it had under way may overwrite what its successor wrote.
/// </summary>
internal sealed class AtLeastOnceScenario : SimulationScenario
{
    private readonly int _partitions;

    public AtLeastOnceScenario(SimulationRandom random)
    {
        _partitions = random.Between(2, 4);
        int keys = random.Between(2, 12);
        Input = [.. Enumerable.Range(0, random.Between(50, 200)).Select(i => new SimulatedDelivery("in", Bytes($"k{random.Next(keys)}"), Bytes($"{i}")))];
        StoreBuilder<string, long> counts = Stores.KeyValue("counts", Serdes.Utf8, Serdes.Int64);
        var builder = new StreamsBuilder();
        builder.Stream("in", Consumed.With(Serdes.Utf8, Serdes.Utf8).WithName("count"))
            .Process("count-per-key", () => new CountAndPass(counts), counts)
            .To("out", Produced.With(Serdes.Utf8, Serdes.Utf8));
        Topology = builder.Build();
    }

    public override string Name => "at-least-once";

    public override ProcessingGuarantee Guarantee => ProcessingGuarantee.AtLeastOnce;

    public override Topology Topology { get; }

    public override IReadOnlyDictionary<string, int> Topics => new Dictionary<string, int>(StringComparer.Ordinal) { ["in"] = _partitions, ["out"] = 3 };

    public override IReadOnlyList<SimulatedDelivery> Input { get; }

    public override void CheckAlways(SimulationView view) => Check(view, view.Read("in"));

    public override void CheckAtEnd(SimulationView view)
    {
        Check(view, view.Committed("in"));
        HashSet<string> known = [.. view.Committed("in").Select(Identity)];
        if (view.Committed("out").FirstOrDefault(r => !known.Contains(Identity(r))) is { Key: not null } stray)
            throw new SimulationViolationException($"The output has {Identity(stray)}, which is not in the input.");
    }

    private static void Check(SimulationView view, IEnumerable<SimulatedRecord> read)
    {
        Dictionary<string, int> written = Tally(view.Committed("out").Select(Identity));
        foreach ((string identity, int times) in Tally(read.Select(Identity)))
        {
            if (written.GetValueOrDefault(identity) < times)
                throw new SimulationViolationException($"The offsets are beyond {identity}, which was read {times} times and is {written.GetValueOrDefault(identity)} times in the output.");
        }
    }

    private static string Identity(SimulatedRecord record) => $"{Text(record.Key)}={Text(record.Value)}";

    private static Dictionary<string, int> Tally(IEnumerable<string> identities) =>
        identities.GroupBy(static i => i, StringComparer.Ordinal).ToDictionary(static g => g.Key, static g => g.Count(), StringComparer.Ordinal);

    private sealed class CountAndPass(StoreBuilder<string, long> handle) : IProcessor<string, string, string, string>
    {
        private ProcessorContext<string, string> _context = null!;
        private KeyValueStore<string, long> _counts = null!;

        public void Init(ProcessorContext<string, string> context)
        {
            _context = context;
            _counts = context.GetStore(handle);
        }

        public void Process(in Record<string, string> record)
        {
            _counts.Put(record.Key, _counts.Get(record.Key) + 1);
            _context.Forward(in record);
        }
    }
}
