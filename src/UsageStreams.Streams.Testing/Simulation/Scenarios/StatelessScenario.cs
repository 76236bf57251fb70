using static UsageStreams.Streams.Testing.Simulation.Scenarios.SimulationScenarios;

namespace UsageStreams.Streams.Testing.Simulation.Scenarios;

/// <summary>Filter and map, topic to topic: each record once, and in order for each key.</summary>
internal sealed class StatelessScenario : SimulationScenario
{
    private readonly int _partitions;

    public StatelessScenario(SimulationRandom random)
    {
        _partitions = random.Between(2, 4);
        int keys = random.Between(1, 12);
        Input = Enumerable.Range(0, random.Between(50, 200))
            .Select(i => new SimulatedDelivery("in", Bytes($"k{random.Next(keys)}"), Bytes($"{i}"))).WithDuplicates(random);
        var builder = new StreamsBuilder();
        builder.Stream("in", Consumed.With(Serdes.Utf8, Serdes.Utf8).WithName("pass"))
            .Filter("some", static (in Record<string, string> r) => Passes(r.Value))
            .Map("mark", static (in Record<string, string> r) => r.WithValue(Mark(r.Value)))
            .To("out", Produced.With(Serdes.Utf8, Serdes.Utf8));
        Topology = builder.Build();
    }

    public override string Name => "stateless";

    public override Topology Topology { get; }

    public override IReadOnlyDictionary<string, int> Topics => new Dictionary<string, int>(StringComparer.Ordinal) { ["in"] = _partitions, ["out"] = _partitions };

    public override IReadOnlyList<SimulatedDelivery> Input { get; }

    public override void CheckAtEnd(SimulationView view)
    {
        Dictionary<string, string> actual = ByKey(view.Committed("out").Select(static r => (Text(r.Key), Text(r.Value))));
        Dictionary<string, string> expected = ByKey(view.Committed("in").Select(static r => (Text(r.Key), Text(r.Value)))
            .Where(static r => Passes(r.Item2)).Select(static r => (r.Item1, Mark(r.Item2))));
        actual.ShouldEqual(expected, "The output is not the input, filtered and mapped, in its order for each key");
    }

    private static bool Passes(string value) => value[^1] != '3';

    private static string Mark(string value) => $"<{value}>";

    private static Dictionary<string, string> ByKey(IEnumerable<(string Key, string Value)> records) => records
        .GroupBy(static r => r.Key, static r => r.Value, StringComparer.Ordinal)
        .ToDictionary(static g => g.Key, static g => string.Join(' ', g), StringComparer.Ordinal);
}
