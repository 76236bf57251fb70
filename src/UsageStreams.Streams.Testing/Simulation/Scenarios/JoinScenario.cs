using System.Globalization;
using UsageStreams.Streams.Windows;
using static UsageStreams.Streams.Testing.Simulation.Scenarios.SimulationScenarios;

namespace UsageStreams.Streams.Testing.Simulation.Scenarios;

/// <summary>
/// Two topics of different width joined within a window, whatever comes first: each pair once, each record without a partner once, and none of them
/// alone that is in a pair.
/// </summary>
internal sealed class JoinScenario : SimulationScenario
{
    private const long Start = 1_767_225_600_000;
    private const long Difference = 300;
    private const string EndKey = "end";

    private readonly int _orders;
    private readonly int _payments;

    public JoinScenario(SimulationRandom random)
    {
        (_orders, _payments) = (random.Between(1, 3), random.Between(2, 4));
        int keys = random.Between(2, 12);
        Input = Enumerable.Range(0, random.Between(50, 120)).Select(i => Event(
            random.PerMille(500) ? "orders" : "payments", $"k{random.Next(keys)}", Start + (i * 40) + random.Next(400))).WithDuplicates(random);
        bool everywhere = random.PerMille(500);
        After =
        [
            .. Ends("orders", everywhere ? _orders : 1), .. Ends("payments", everywhere ? _payments : 1),
        ];
        Topology = Build();
    }

    public override string Name => "join";

    public override Topology Topology { get; }

    public override IReadOnlyDictionary<string, int> Topics => new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["orders"] = _orders, ["payments"] = _payments, ["joined"] = 3, ["late"] = 1,
    };

    public override IReadOnlyList<SimulatedDelivery> Input { get; }

    public override IReadOnlyList<SimulatedDelivery> After { get; }

    public override void CheckAtEnd(SimulationView view)
    {
        (string Key, string Value)[] orders = [.. Records(view, "orders")];
        (string Key, string Value)[] payments = [.. Records(view, "payments")];
        IEnumerable<string> expected = orders.SelectMany(o => Partners(o, payments).DefaultIfEmpty().Select(p => $"{o.Key}:{o.Value}+{p.Value}"))
            .Concat(payments.Where(p => !Partners(p, orders).Any()).Select(static p => $"{p.Key}:+{p.Value}"));
        Records(view, "joined").Select(static r => $"{r.Key}:{r.Value}").ShouldEqual(expected, "The joined records are not the pairs and those that stayed alone");
        view.Committed("late").Select(static r => Text(r.Value)).ShouldEqual([], "Records were called late though the grace is longer than the run");
    }

    private static IEnumerable<(string Key, string Value)> Records(SimulationView view, string topic) =>
        view.Committed(topic).Select(static r => (Text(r.Key), Text(r.Value))).Where(static r => r.Item1 != EndKey);

    private static IEnumerable<(string Key, string Value)> Partners((string Key, string Value) record, IEnumerable<(string Key, string Value)> others) =>
        others.Where(o => o.Key == record.Key && Math.Abs(Time(o.Value) - Time(record.Value)) <= Difference);

    private static long Time(string value) => long.Parse(value, CultureInfo.InvariantCulture);

    private static SimulatedDelivery Event(string topic, string key, long time) => new(topic, Bytes(key), Bytes(time.ToString(CultureInfo.InvariantCulture)));

    // Beyond difference and grace, so that every window is closed.
    private static IEnumerable<SimulatedDelivery> Ends(string topic, int partitions) =>
        Enumerable.Range(0, partitions).Select(p => Event(topic, EndKey, Start + 10_000_000) with { Partition = p });

    private static Topology Build()
    {
        Consumed<string, string> timed = Consumed.With(Serdes.Utf8, Serdes.Utf8).WithTimestamps(static (in Record<string, string> r, long _) => Time(r.Value));
        Produced<string, string> text = Produced.With(Serdes.Utf8, Serdes.Utf8);
        var builder = new StreamsBuilder();
        JoinedStream<string, string, string, string> joined = builder.Stream("orders", timed).OuterJoin(
            builder.Stream("payments", timed),
            static (_, order, payment) => $"{order}+{payment}",
            JoinWindows.Of(TimeSpan.FromMilliseconds(Difference)).WithGrace(TimeSpan.FromHours(1)),
            Joined.With("paid", Serdes.Utf8, Serdes.Utf8, Serdes.Utf8));
        joined.To("joined", text);
        joined.LateLeft.Merge(joined.LateRight).To("late", text);
        return builder.Build();
    }
}
