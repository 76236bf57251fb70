using System.Buffers;
using System.Globalization;
using UsageStreams.Streams.Faults;
using static UsageStreams.Streams.Testing.Simulation.Scenarios.SimulationScenarios;

namespace UsageStreams.Streams.Testing.Simulation.Scenarios;

/// <summary>
/// Records that fail at every kind of node, before and after they changed state and sent output, on both sides of a repartition: each goes to the dead
/// letters once, and everything else is as if it had never been there.
/// </summary>
internal sealed class FaultScenario : SimulationScenario
{
    private readonly int _partitions;

    public FaultScenario(SimulationRandom random)
    {
        _partitions = random.Between(2, 4);
        int keys = random.Between(2, 10);
        int poisoned = random.Between(20, 150);
        Input = Enumerable.Range(0, random.Between(50, 150))
            .Select(i => new SimulatedDelivery("sales", Bytes($"k{random.Next(keys)}"), Bytes($"{(random.PerMille(poisoned) ? random.Pick(Poison.All) : Poison.None)}{i}")))
            .WithDuplicates(random);
        Topology = Build();
    }

    public override string Name => "faults";

    public override Topology Topology { get; }

    public override IReadOnlyDictionary<string, int> Topics => new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["sales"] = _partitions, ["sums"] = 3, ["copies"] = 2, ["dead"] = 2,
    };

    public override IReadOnlyList<SimulatedDelivery> Input { get; }

    public override void CheckAlways(SimulationView view) => view.State("first", Serdes.Utf8, Serdes.Int64)
        .ShouldEqual(Sums(view.Read("sales"), Poison.IsSoundAbove), "The state is not that of the sound records below the committed offsets");

    public override void CheckAtEnd(SimulationView view)
    {
        SimulatedRecord[] sales = [.. view.Committed("sales")];
        view.State("second", Serdes.Utf8, Serdes.Int64).ShouldEqual(Sums(sales, Poison.IsSound), "The state behind the repartition is not that of the sound records");
        view.Committed("copies").Select(static r => Text(r.Value)).ShouldEqual(sales.Select(static r => Text(r.Value)).Where(Poison.IsSoundAbove), "The copies are not one for each sound record");
        var last = view.Committed("sums").GroupBy(static r => Text(r.Key)).ToDictionary(static g => g.Key, static g => g.Max(static r => Number(r.Value)));
        last.ShouldEqual(Sums(sales, Poison.IsSound), "The last sums sent are not those of the sound records");
        view.Committed("sums").Select(static r => Text(r.Key)).ShouldEqual(
            sales.Where(static r => Poison.IsSound(Text(r.Value))).Select(static r => Text(r.Key)), "The sums sent are not one for each sound record");
        SimulatedRecord[] dead = [.. view.Committed("dead")];
        dead.Select(static r => (Text(r.Key), Text(r.Value))).ShouldEqual(
            sales.Select(static r => (Text(r.Key), Text(r.Value))).Where(static r => !Poison.IsSound(r.Item2)), "The dead letters are not the poisoned records, each once and as it was read");
        dead.Select(Position).ShouldEqual(dead.Select(Position).Distinct(), "Two dead letters name the same record");
        dead.Where(static r => !Poison.NamesItsNode(r)).Select(static r => Text(r.Value)).ShouldEqual([], "Dead letters name another node or topic than the one where they failed");
    }

    private static string Position(SimulatedRecord dead) =>
        $"{dead.Headers.GetText(DeadLetterHeaders.Topic)} {dead.Headers.GetText(DeadLetterHeaders.Partition)} {dead.Headers.GetText(DeadLetterHeaders.Offset)}";

    private static Dictionary<string, long> Sums(IEnumerable<SimulatedRecord> sales, Func<string, bool> counts) => sales
        .Where(r => counts(Text(r.Value))).GroupBy(static r => Text(r.Key)).ToDictionary(static g => g.Key, static g => g.Sum(static r => Poison.Amount(Text(r.Value))));

    private static long Number(byte[]? value) => long.Parse(Text(value), CultureInfo.InvariantCulture);

    private static Topology Build()
    {
        StoreBuilder<string, long> first = Stores.KeyValue("first", Serdes.Utf8, Serdes.Int64);
        StoreBuilder<string, long> second = Stores.KeyValue("second", Serdes.Utf8, Serdes.Int64);
        var serde = new PoisonedSerde();
        var builder = new StreamsBuilder();
        builder.HandleFaults(FaultHandling.DeadLetters("dead"));
        ProcessedStream<string, string> added = builder.Stream("sales", Consumed.With(Serdes.Utf8, serde).WithName("sell"))
            .MapValues("map", static (in Record<string, string> r) => Poison.Check(r.Value, Poison.Map))
            .Process("add", () => new Add(first, Poison.Processor), first);
        added.To("copies", Produced.With(Serdes.Utf8, serde));
        added.Repartition(Repartitioned.With("again", Serdes.Utf8, Serdes.Utf8))
            .Process("sum", () => new Add(second, Poison.Behind), second)
            .MapValues("total", static (in Record<string, string> r) => r.Headers.GetText("sum") ?? "")
            .To("sums", Produced.With(Serdes.Utf8, Serdes.Utf8));
        return builder.Build();
    }

    /// <summary>Adds to the sum of the key and sends the record on, with the sum as a header; only then it looks whether the record is poisoned.</summary>
    private sealed class Add(StoreBuilder<string, long> handle, char poison) : IProcessor<string, string, string, string>
    {
        private ProcessorContext<string, string> _context = null!;
        private KeyValueStore<string, long> _sums = null!;

        public void Init(ProcessorContext<string, string> context) => (_context, _sums) = (context, context.GetStore(handle));

        public void Process(in Record<string, string> record)
        {
            long sum = _sums.Get(record.Key) + Poison.Amount(record.Value);
            _sums.Put(record.Key, sum);
            _context.Forward(record.WithHeaders(record.Headers.With("sum", sum.ToString(CultureInfo.InvariantCulture))));
            Poison.Check(record.Value, poison);
        }
    }

    /// <summary>Text that refuses what is poisoned for reading or for writing.</summary>
    private sealed class PoisonedSerde : ISerde<string>
    {
        public void Serialize(string value, IBufferWriter<byte> output) => Serdes.Utf8.Serialize(Poison.Check(value, Poison.Writing), output);

        public string Deserialize(ReadOnlySpan<byte> data) => data[0] == Poison.Reading
            ? throw new UndecodableException("It is poisoned for reading.")
            : Serdes.Utf8.Deserialize(data);
    }
}
