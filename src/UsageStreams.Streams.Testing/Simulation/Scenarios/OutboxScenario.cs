using static UsageStreams.Streams.Testing.Simulation.Scenarios.SimulationScenarios;

namespace UsageStreams.Streams.Testing.Simulation.Scenarios;

/// <summary>
/// Jobs that are kept when they come and sent one by one by the wall clock: nearly all transactions hold nothing that was read. Each job is sent once,
/// and in the order of its key.
/// </summary>
internal sealed class OutboxScenario : SimulationScenario
{
    private readonly int _partitions;

    public OutboxScenario(SimulationRandom random)
    {
        _partitions = random.Between(1, 3);
        int keys = random.Between(1, 6);
        var interval = TimeSpan.FromMilliseconds(random.Between(10, 60));
        Before = Jobs(random, "b", keys, random.Between(40, 100));
        Input = Jobs(random, "j", keys, random.Between(0, 20));
        StoreBuilder<string, string> waiting = Stores.KeyValue("waiting", Serdes.Utf8, Serdes.Utf8);
        var builder = new StreamsBuilder();
        builder.Stream("jobs", Consumed.With(Serdes.Utf8, Serdes.Utf8).WithName("outbox"))
            .Process("send-by-clock", () => new SendByClock(waiting, interval), waiting)
            .To("sent", Produced.With(Serdes.Utf8, Serdes.Utf8));
        Topology = builder.Build();
    }

    public override string Name => "outbox";

    public override Topology Topology { get; }

    public override IReadOnlyDictionary<string, int> Topics => new Dictionary<string, int>(StringComparer.Ordinal) { ["jobs"] = _partitions, ["sent"] = _partitions };

    public override IReadOnlyList<SimulatedDelivery> Before { get; }

    public override IReadOnlyList<SimulatedDelivery> Input { get; }

    public override void CheckAlways(SimulationView view) => view.State("waiting", Serdes.Utf8, Serdes.Utf8).Values.SelectMany(static all => all.Split(' '))
        .Concat(view.Committed("sent").Select(static r => Text(r.Value)))
        .ShouldEqual(view.Read("jobs").Select(static r => Text(r.Value)), "The jobs that wait and those that were sent are not those below the committed offsets");

    public override void CheckAtEnd(SimulationView view) =>
        ByKey(view.Committed("sent")).ShouldEqual(ByKey(view.Committed("jobs")), "The jobs are not each sent once, in their order for each key");

    private static List<SimulatedDelivery> Jobs(SimulationRandom random, string prefix, int keys, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new SimulatedDelivery("jobs", Bytes($"k{random.Next(keys)}"), Bytes($"{prefix}{i}")))];

    private static Dictionary<string, string> ByKey(IEnumerable<SimulatedRecord> records) => records
        .GroupBy(static r => Text(r.Key), static r => Text(r.Value), StringComparer.Ordinal)
        .ToDictionary(static g => g.Key, static g => string.Join(' ', g), StringComparer.Ordinal);

    private sealed class SendByClock(StoreBuilder<string, string> handle, TimeSpan interval) : IProcessor<string, string, string, string>
    {
        private ProcessorContext<string, string> _context = null!;
        private KeyValueStore<string, string> _waiting = null!;

        public void Init(ProcessorContext<string, string> context)
        {
            (_context, _waiting) = (context, context.GetStore(handle));
            context.Schedule(interval, PunctuationType.WallClock, SendOne);
        }

        public void Process(in Record<string, string> record) =>
            _waiting.Put(record.Key, _waiting.TryGet(record.Key, out string? before) ? $"{before} {record.Value}" : record.Value);

        private void SendOne(long now)
        {
            foreach ((string key, string jobs) in _waiting.All.Take(1).ToArray())
            {
                string[] parts = jobs.Split(' ', 2);
                _context.Forward(new Record<string, string>(key, parts[0], now));
                if (parts.Length > 1)
                    _waiting.Put(key, parts[1]);
                else
                    _waiting.Delete(key);
            }
        }
    }
}
