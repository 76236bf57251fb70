using System.Globalization;
using static UsageStreams.Streams.Testing.Simulation.Scenarios.SimulationScenarios;

namespace UsageStreams.Streams.Testing.Simulation.Scenarios;

/// <summary>
/// Records joined with a table whose rows change meanwhile, a global one or one that is partitioned as they are: each once, and never without a row.
/// </summary>
internal sealed class TableScenario : SimulationScenario
{
    private readonly int _partitions;
    private readonly int _tablePartitions;
    private readonly Dictionary<string, int> _versions = new(StringComparer.Ordinal);

    public TableScenario(SimulationRandom random)
    {
        _partitions = random.Between(2, 4);
        string[] products = [.. Enumerable.Range(0, random.Between(2, 6)).Select(static i => $"p{i}")];
        Before = [.. products.Select(Next)];
        Input =
        [
            .. Enumerable.Range(0, random.Between(50, 150)).Select(i => random.PerMille(150)
                ? Next(random.Pick(products))
                : new SimulatedDelivery("orders", Bytes(random.Pick(products)), Bytes($"o{i}"))),
        ];
        var builder = new StreamsBuilder();
        bool isGlobal = random.PerMille(500);
        _tablePartitions = isGlobal ? 2 : _partitions;
        KStream<string, string> priced = isGlobal ? JoinGlobal(builder) : JoinPartitioned(builder);
        priced.To("priced", Produced.With(Serdes.Utf8, Serdes.Utf8));
        Topology = builder.Build();
    }

    public override string Name => "table";

    public override Topology Topology { get; }

    public override IReadOnlyDictionary<string, int> Topics => new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["orders"] = _partitions, ["prices"] = _tablePartitions, ["priced"] = 2,
    };

    public override IReadOnlyList<SimulatedDelivery> Before { get; }

    public override IReadOnlyList<SimulatedDelivery> Input { get; }

    public override void CheckAtEnd(SimulationView view)
    {
        string[][] priced = [.. view.Committed("priced").Select(static r => Text(r.Value).Split('|'))];
        priced.Select(static p => p[0]).ShouldEqual(view.Committed("orders").Select(static r => Text(r.Value)), "The joined records are not one for each record");
        foreach ((SimulatedRecord record, string[] parts) in view.Committed("priced").Zip(priced))
        {
            int version = int.Parse(parts[1], CultureInfo.InvariantCulture);
            if (version < 1 || version > _versions[Text(record.Key)])
                throw new SimulationViolationException($"Record {parts[0]} was joined with row {version} of {Text(record.Key)}, which has rows 1 to {_versions[Text(record.Key)]}.");
        }
    }

    private static ProcessedStream<string, string> JoinGlobal(StreamsBuilder builder)
    {
        GlobalKTable<string, long> prices = builder.GlobalTable("prices", Consumed.With(Serdes.Utf8, Serdes.Int64));
        return Orders(builder).Process("join", () => new Join(context => context.GetTable(prices)));
    }

    private static ProcessedStream<string, string> JoinPartitioned(StreamsBuilder builder)
    {
        KTable<string, long> prices = builder.Table("prices", Consumed.With(Serdes.Utf8, Serdes.Int64));
        return Orders(builder).Process("join", () => new Join(context => context.GetTable(prices)), [], [prices]);
    }

    private static KStream<string, string> Orders(StreamsBuilder builder) =>
        builder.Stream("orders", Consumed.With(Serdes.Utf8, Serdes.Utf8).WithName("price"));

    private SimulatedDelivery Next(string product)
    {
        int version = _versions[product] = _versions.GetValueOrDefault(product) + 1;
        var value = new System.Buffers.ArrayBufferWriter<byte>();
        Serdes.Int64.Serialize(version, value);
        return new SimulatedDelivery("prices", Bytes(product), value.WrittenSpan.ToArray());
    }

    private sealed class Join(Func<ProcessorContext<string, string>, TableView<string, long>> prices) : IProcessor<string, string, string, string>
    {
        private ProcessorContext<string, string> _context = null!;
        private TableView<string, long> _prices = null!;

        public void Init(ProcessorContext<string, string> context) => (_context, _prices) = (context, prices(context));

        public void Process(in Record<string, string> record) =>
            _context.Forward(record.WithValue($"{record.Value}|{_prices.Get(record.Key)}"));
    }
}
