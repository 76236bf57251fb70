using static UsageStreams.Streams.Testing.Simulation.Scenarios.SimulationScenarios;

namespace UsageStreams.Streams.Testing.Simulation.Scenarios;

/// <summary>
/// A count per key, and now and then a recount of the task's whole past beside it. Where the recount reaches the task's position it must have what the
/// store has, to the record, and then the last record of each key is read once more by its offset; each recount that was asked for is done.
/// </summary>
internal sealed class RecountScenario : SimulationScenario
{
    private const string Recount = "recount";
    private readonly int _partitions;

    public RecountScenario(SimulationRandom random)
    {
        _partitions = random.Between(1, 3);
        int keys = random.Between(1, 10);
        var interval = TimeSpan.FromMilliseconds(random.Between(5, 60));
        Before = [.. Enumerable.Range(0, random.Between(10, 80)).Select(i => Event(random, keys, $"b{i}"))];
        Input = Enumerable.Range(0, random.Between(20, 80))
            .Select(i => Event(random, keys, random.PerMille(80) ? Recount : $"e{i}")).WithDuplicates(random);
        After = [new SimulatedDelivery("events", Bytes("last"), Bytes(Recount))];
        StoreBuilder<string, long> counts = Stores.KeyValue("counts", Serdes.Utf8, Serdes.Int64);
        StoreBuilder<string, long> asked = Stores.KeyValue("asked", Serdes.Utf8, Serdes.Int64);
        StoreBuilder<string, long> places = Stores.KeyValue("places", Serdes.Utf8, Serdes.Int64);
        var builder = new StreamsBuilder();
        builder.Stream("events", Consumed.With(Serdes.Utf8, Serdes.Utf8).WithName(Recount))
            .Process("count-and-recount", () => new CountAndRecount(counts, asked, places, interval), counts, asked, places)
            .To("recounts", Produced.With(Serdes.Utf8, Serdes.Int64));
        Topology = builder.Build();
    }

    public override string Name => Recount;

    public override Topology Topology { get; }

    public override IReadOnlyDictionary<string, int> Topics => new Dictionary<string, int>(StringComparer.Ordinal) { ["events"] = _partitions, ["recounts"] = 1 };

    public override IReadOnlyList<SimulatedDelivery> Before { get; }

    public override IReadOnlyList<SimulatedDelivery> Input { get; }

    public override IReadOnlyList<SimulatedDelivery> After { get; }

    public override void CheckAtEnd(SimulationView view) => view.Committed("recounts").GroupBy(static r => Text(r.Key))
        .Select(static task => (task.Key, task.Sum(static r => Serdes.Int64.Deserialize(r.Value))))
        .ShouldEqual(
            view.Committed("events").Where(static r => Text(r.Value) == Recount).GroupBy(static r => r.Partition).Select(static g => ($"{Recount}/{g.Key}", (long)g.Count())),
            "The recounts answered are not those asked for");

    private static SimulatedDelivery Event(SimulationRandom random, int keys, string value) => new("events", Bytes($"k{random.Next(keys)}"), Bytes(value));

    private sealed class CountAndRecount(StoreBuilder<string, long> countsHandle, StoreBuilder<string, long> askedHandle, StoreBuilder<string, long> placesHandle, TimeSpan interval)
        : IProcessor<string, string, string, long>
    {
        private readonly Dictionary<string, long> _recounted = new(StringComparer.Ordinal);
        private readonly Dictionary<string, long> _taken = new(StringComparer.Ordinal);
        private Dictionary<string, long> _wanted = new(StringComparer.Ordinal);
        private ProcessorContext<string, long> _context = null!;
        private KeyValueStore<string, long> _counts = null!;
        private KeyValueStore<string, long> _asked = null!;
        private KeyValueStore<string, long> _places = null!;
        private PastInput<string, string>? _past;
        private PastInput<string, string>? _single;

        public void Init(ProcessorContext<string, long> context)
        {
            (_context, _counts, _asked, _places) = (context, context.GetStore(countsHandle), context.GetStore(askedHandle), context.GetStore(placesHandle));
            context.Schedule(interval, PunctuationType.WallClock, ReadOn);
        }

        public void Process(in Record<string, string> record)
        {
            _counts.Put(record.Key, _counts.Get(record.Key) + 1);
            _places.Put(record.Key, _context.Metadata.Offset);
            if (record.Value == Recount)
                _asked.Put(Recount, _asked.Get(Recount) + 1);
        }

        private void ReadOn(long now)
        {
            if (_single is not null)
                ReadSingle();
            else if (_asked.TryGet(Recount, out long asked))
                ReadAll(now, asked);
        }

        private void ReadAll(long now, long asked)
        {
            _past ??= _context.ReadPast<string, string>(0);
            if (!_past.Read(20, (in Record<string, string> record, in RecordMetadata _) => _recounted[record.Key] = _recounted.GetValueOrDefault(record.Key) + 1))
                return;
            _recounted.ShouldEqual(_counts.All, "The recount is not what the task has counted up to its position");
            _context.Forward(new Record<string, long>(_context.TaskId.ToString(), asked, now));
            _asked.Delete(Recount);
            _recounted.Clear();
            _past.Dispose();
            _past = null;
            _wanted = _places.All.ToDictionary(static place => place.Key, static place => place.Value, StringComparer.Ordinal);
            _single = _context.ReadPast<string, string>(_wanted.Values);
        }

        private void ReadSingle()
        {
            if (!_single!.Read(20, (in Record<string, string> record, in RecordMetadata at) => _taken.Add(record.Key, at.Offset)))
                return;
            _taken.ShouldEqual(_wanted, "The records at the offsets asked for are not those that stand there");
            _taken.Clear();
            _single.Dispose();
            _single = null;
        }
    }
}
