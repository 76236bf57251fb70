using UsageStreams.Streams.Windows;
using static UsageStreams.Streams.Testing.Simulation.Scenarios.SimulationScenarios;

namespace UsageStreams.Streams.Testing.Simulation.Scenarios;

/// <summary>
/// The operators' own windows behind a repartition: each closed once, and what comes later is told; both together are everything.
/// </summary>
internal sealed class ClosingScenario : SimulationScenario
{
    private const long Start = 1_767_225_600_000;
    private const string EndAccount = "end";
    private static readonly ISerde<Windowed<string>> KeySerde = Serdes.Windowed(Serdes.Utf8);

    private readonly int _partitions;

    public ClosingScenario(SimulationRandom random)
    {
        _partitions = random.Between(2, 4);
        int spread = random.Between(0, 2000);
        Input = Enumerable.Range(0, random.Between(50, 150)).Select(i => Event(
            $"t{random.Next(8)}", $"e{i}", $"a{random.Next(3)}", random.Between(1, 9), Start + (i * 40) + random.Next(spread + 1))).WithDuplicates(random);
        bool everywhere = random.PerMille(500);
        After =
        [
            .. Enumerable.Range(0, everywhere ? _partitions : 1).Select(p => Event("end", $"end{p}", EndAccount, 1, Start + 3_600_000) with { Partition = p }),
        ];
        Topology = Build();
    }

    public override string Name => "closing";

    public override Topology Topology { get; }

    public override IReadOnlyDictionary<string, int> Topics => new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["usage"] = _partitions, ["closed"] = 3, ["late"] = 2,
    };

    public override IReadOnlyList<SimulatedDelivery> Input { get; }

    public override IReadOnlyList<SimulatedDelivery> After { get; }

    public override void CheckAlways(SimulationView view)
    {
        Dictionary<string, long> accounted = Sent(view);
        foreach ((Windowed<string> window, long sum) in view.State("sums", KeySerde, Serdes.Int64))
            accounted[$"{window}"] = accounted.GetValueOrDefault($"{window}") + sum;
        Dictionary<string, long> read = view.Read("simulated-by-account-repartition").Where(static r => r.Value is not null)
            .GroupBy(static r => Text(r.Key)).ToDictionary(static g => g.Key, static g => g.Sum(static r => Serdes.Int64.Deserialize(r.Value)));
        ByAccount(accounted).ShouldEqual(read, "Open windows, closed ones and late records are not what was read behind the repartition");
    }

    public override void CheckAtEnd(SimulationView view)
    {
        Dictionary<string, long> expected = view.Committed("usage").Select(static r => UsageEvent.Parse(r.Value!)).Where(static e => e.Account != EndAccount)
            .GroupBy(static e => $"{e.Account}@{e.WindowStart}/{e.WindowStart + UsageEvent.WindowSize}").ToDictionary(static g => g.Key, static g => g.Sum(static e => e.Amount));
        Sent(view).ShouldEqual(expected, "The closed windows and the late records are not all events");
        view.Committed("closed").GroupBy(static r => Text(r.Key)).Where(static g => g.Count() > 1).Select(static g => g.Key)
            .ShouldEqual([], "Windows were closed more than once");
    }

    private static SimulatedDelivery Event(string tenant, string id, string account, long amount, long time) =>
        new("usage", Bytes(tenant), Bytes($"{id}|{account}|{amount}|{time}"));

    private static Dictionary<string, long> Sent(SimulationView view) => view.Committed("closed").Concat(view.Committed("late"))
        .GroupBy(static r => $"{KeySerde.Deserialize(r.Key)}").Where(static g => !g.Key.StartsWith(EndAccount, StringComparison.Ordinal))
        .ToDictionary(static g => g.Key, static g => g.Sum(static r => Serdes.Int64.Deserialize(r.Value)));

    private static Dictionary<string, long> ByAccount(Dictionary<string, long> windows) => windows
        .GroupBy(static w => w.Key[..w.Key.IndexOf('@')], static w => w.Value).ToDictionary(static g => g.Key, static g => g.Sum());

    private static Topology Build()
    {
        var builder = new StreamsBuilder();
        WindowedKTable<string, long, long> sums = builder
            .Stream("usage", Consumed.With(Serdes.Utf8, Serdes.Bytes).WithName("usage")
                .WithTimestamps(static (in Record<string, byte[]> r, long _) => UsageEvent.Parse(r.Value).Time))
            .MapValues("parse", static (in Record<string, byte[]> r) => UsageEvent.Parse(r.Value))
            .Map("amount", static (in Record<string, UsageEvent> r) => r.With(r.Value.Account, r.Value.Amount))
            .Repartition(Repartitioned.With("by-account", Serdes.Utf8, Serdes.Int64).WithWatermarks(TimeSpan.FromMilliseconds(100)))
            .GroupByKey()
            .WindowedBy(TumblingWindows.Of(TimeSpan.FromMilliseconds(UsageEvent.WindowSize)).WithGrace(TimeSpan.FromMilliseconds(500)))
            .Reduce(static (all, next) => all + next, Materialized.As("sums", Serdes.Utf8, Serdes.Int64).WithEmit(EmitStrategy.OnWindowClose));
        sums.ToStream("final").To("closed", Produced.With(KeySerde, Serdes.Int64));
        sums.Late.To("late", Produced.With(KeySerde, Serdes.Int64));
        return builder.Build();
    }
}
