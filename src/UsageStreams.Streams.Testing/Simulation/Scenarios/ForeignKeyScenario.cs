using System.Globalization;
using static UsageStreams.Streams.Testing.Simulation.Scenarios.SimulationScenarios;

namespace UsageStreams.Streams.Testing.Simulation.Scenarios;

/// <summary>
/// Orders that point to customers, joined by that foreign key over three sub-topologies, and counted by it: in the end what the two tables hold, though
/// both change meanwhile, orders go and come back, and point to others.
/// </summary>
internal sealed class ForeignKeyScenario : SimulationScenario
{
    private const string Gone = "gone";

    private readonly int _orders;
    private readonly int _customers;

    public ForeignKeyScenario(SimulationRandom random)
    {
        (_orders, _customers) = (random.Between(1, 3), random.Between(1, 4));
        (int orders, int customers) = (random.Between(2, 8), random.Between(1, 4));
        Input = Enumerable.Range(0, random.Between(50, 120)).Select(i => random.PerMille(600)
                ? new SimulatedDelivery("orders", Bytes($"o{random.Next(orders)}"), Bytes(random.PerMille(150) ? $"{Gone}|{i}" : $"c{random.Next(customers + 1)}|{i}"))
                : new SimulatedDelivery("customers", Bytes($"c{random.Next(customers)}"), Bytes(random.PerMille(150) ? $"{Gone}|{i}" : $"name|{i}")))
            .WithDuplicates(random);
        Topology = Build();
    }

    public override string Name => "foreign-key";

    public override Topology Topology { get; }

    public override IReadOnlyDictionary<string, int> Topics => new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["orders"] = _orders, ["customers"] = _customers, ["joined"] = 2, ["counts"] = 1,
    };

    public override IReadOnlyList<SimulatedDelivery> Input { get; }

    public override void CheckAtEnd(SimulationView view)
    {
        Dictionary<string, string> orders = Live(view, "orders");
        Dictionary<string, string> customers = Live(view, "customers");
        IEnumerable<string> joined = orders.Select(o => $"{o.Key}={o.Value}+{customers.GetValueOrDefault(Customer(o.Value))}");
        Last(view, "joined").Select(static r => $"{r.Key}={Text(r.Value)}").ShouldEqual(joined, "The join is not that of the tables' contents");
        IEnumerable<string> counts = orders.CountBy(static o => Customer(o.Value)).Select(static c => $"{c.Key}={c.Value}");
        Last(view, "counts").Select(static r => $"{r.Key}={Serdes.Int64.Deserialize(r.Value).ToString(CultureInfo.InvariantCulture)}")
            .ShouldEqual(counts, "The counts are not those of the table's content");
    }

    private static string Customer(string order) => order[..order.IndexOf('|', StringComparison.Ordinal)];

    private static Dictionary<string, string> Live(SimulationView view, string topic) => Last(view, topic)
        .Select(static r => (r.Key, Value: Text(r.Value))).Where(static r => Customer(r.Value) != Gone).ToDictionary(static r => r.Key, static r => r.Value, StringComparer.Ordinal);

    /// <summary>The last value of each key that has one.</summary>
    private static IEnumerable<(string Key, byte[] Value)> Last(SimulationView view, string topic) => view.Committed(topic)
        .GroupBy(static r => Text(r.Key), StringComparer.Ordinal).Select(static g => (g.Key, g.Last().Value!)).Where(static r => r.Item2 is not null);

    private static Topology Build()
    {
        Consumed<string, string> text = Consumed.With(Serdes.Utf8, Serdes.Utf8);
        RecordPredicate<string, string> isLive = static (in Record<string, string> r) => Customer(r.Value) != Gone;
        var builder = new StreamsBuilder();
        KTable<string, string> orders = builder.Table("orders", text).Filter("live-orders", isLive).Materialize(Materialized.As("open-orders", Serdes.Utf8, Serdes.Utf8));
        KTable<string, string> customers = builder.Table("customers", text).Filter("live-customers", isLive);
        orders.LeftJoin(
                customers, static (_, order) => Customer(order), static (_, order, customer) => $"{order}+{customer}",
                TableJoined.With("by-customer", Serdes.Utf8, Serdes.Utf8, Serdes.Utf8, Serdes.Utf8))
            .ToStream("join-changes").To("joined", Produced.With(Serdes.Utf8, Serdes.Utf8));
        orders.GroupBy("regroup", static (in Record<string, string> r) => r.With(Customer(r.Value), r.Key), Grouped.With("of-customer", Serdes.Utf8, Serdes.Utf8))
            .Count(Materialized.As("counted", Serdes.Utf8, Serdes.Int64))
            .ToStream("count-changes").To("counts", Produced.With(Serdes.Utf8, Serdes.Int64));
        return builder.Build();
    }
}
