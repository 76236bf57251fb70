using System.Globalization;
using static UsageStreams.Streams.Testing.Simulation.Scenarios.SimulationScenarios;

namespace UsageStreams.Streams.Testing.Simulation.Scenarios;

/// <summary>
/// Records joined with the row that was valid at their event time, in a table that is followed by partition, or whole: exactly that one, however
/// late the record comes, whatever is appended to the table meanwhile.
/// </summary>
internal sealed class VersionScenario : SimulationScenario
{
    private const long Start = 1_767_225_600_000;
    private const int Span = 4000;

    private readonly int _partitions;
    private readonly int _tariffs;

    public VersionScenario(SimulationRandom random)
    {
        _partitions = random.Between(2, 4);
        string[] products = [.. Enumerable.Range(0, random.Between(2, 6)).Select(static i => $"p{i}")];
        Before =
        [
            .. products.Select(static product => Row(product, Start)),
            .. Enumerable.Range(0, random.Between(5, 30)).Select(_ => Row(random.Pick(products), Start + random.Between(1, Span))),
        ];
        // Rows that come while records are read are valid only after all of them.
        Input =
        [
            .. Enumerable.Range(0, random.Between(50, 150)).Select(i => random.PerMille(150)
                ? Row(random.Pick(products), Start + Span + 1 + i)
                : new SimulatedDelivery("orders", Bytes(random.Pick(products)), Bytes($"{Start + random.Next(Span + 1)}|o{i}"))),
        ];
        bool isGlobal = random.PerMille(500);
        _tariffs = isGlobal ? 2 : _partitions;
        Topology = Build(isGlobal);
    }

    public override string Name => "versions";

    public override Topology Topology { get; }

    public override IReadOnlyDictionary<string, int> Topics => new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["orders"] = _partitions, ["tariffs"] = _tariffs, ["rated"] = 2,
    };

    public override IReadOnlyList<SimulatedDelivery> Before { get; }

    public override IReadOnlyList<SimulatedDelivery> Input { get; }

    public override void CheckAtEnd(SimulationView view)
    {
        ILookup<string, long> rows = view.Committed("tariffs").ToLookup(static r => Text(r.Key), static r => Time(Text(r.Value)));
        view.Committed("rated").Select(static r => Text(r.Value)).ShouldEqual(
            view.Committed("orders").Select(r => Rated(Text(r.Value), rows[Text(r.Key)].Where(from => from <= Time(Text(r.Value))).Max())),
            "The records are not each joined with the row that was valid at its time");
    }

    private static string Rated(string order, long validFrom) => $"{order} at {validFrom}";

    private static long Time(string value) => long.Parse(value.Split('|')[0], CultureInfo.InvariantCulture);

    private static SimulatedDelivery Row(string product, long validFrom) => new("tariffs", Bytes(product), Bytes(validFrom.ToString(CultureInfo.InvariantCulture)));

    private static Topology Build(bool isGlobal)
    {
        Consumed<string, string> timed = Consumed.With(Serdes.Utf8, Serdes.Utf8).WithTimestamps(static (in Record<string, string> r, long _) => Time(r.Value));
        Consumed<string, string> versions = timed.WithVersions(TimeSpan.FromDays(1));
        var builder = new StreamsBuilder();
        KStream<string, string> orders = builder.Stream("orders", timed);
        if (isGlobal)
        {
            GlobalKTable<string, string> tariffs = builder.GlobalTable("tariffs", versions);
            orders = orders.Join("rate", tariffs, static (in Record<string, string> r) => r.Key, static (_, order, from) => Rated(order, Time(from)));
        }
        else
        {
            orders = orders.Join("rate", builder.Table("tariffs", versions), static (_, order, from) => Rated(order, Time(from)));
        }

        orders.To("rated", Produced.With(Serdes.Utf8, Serdes.Utf8));
        return builder.Build();
    }
}
