using System.Text;

namespace UsageStreams.Streams.Testing.Simulation.Scenarios;

/// <summary>The engine's own scenarios.</summary>
internal static class SimulationScenarios
{
    public static IReadOnlyDictionary<string, Func<SimulationRandom, SimulationScenario>> All { get; } =
        new Dictionary<string, Func<SimulationRandom, SimulationScenario>>(StringComparer.Ordinal)
        {
            ["outbox"] = static random => new OutboxScenario(random),
            ["stateless"] = static random => new StatelessScenario(random),
            ["count"] = static random => new CountScenario(random),
            ["windows"] = static random => new WindowScenario(random),
            ["closing"] = static random => new ClosingScenario(random),
            ["join"] = static random => new JoinScenario(random),
            ["foreign-key"] = static random => new ForeignKeyScenario(random),
            ["table"] = static random => new TableScenario(random),
            ["versions"] = static random => new VersionScenario(random),
            ["faults"] = static random => new FaultScenario(random),
            ["recount"] = static random => new RecountScenario(random),
        };

    /// <summary>Each seed has one of them.</summary>
    public static SimulationScenario Any(SimulationRandom random) => random.Pick([.. All.Values])(random);

    /// <summary>Some are delivered twice, the second time later.</summary>
    public static List<SimulatedDelivery> WithDuplicates(this IEnumerable<SimulatedDelivery> deliveries, SimulationRandom random)
    {
        List<SimulatedDelivery> result = [.. deliveries];
        for (int i = 0; i < result.Count; i++)
        {
            if (random.PerMille(80))
                result.Insert(random.Between(i + 1, result.Count), result[i]);
        }

        return result;
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(byte[]? bytes) => Encoding.UTF8.GetString(bytes ?? []);

    /// <summary>Fails with what is missing and what is too much.</summary>
    public static void ShouldEqual<T>(this IEnumerable<T> actual, IEnumerable<T> expected, string what)
    {
        List<T> surplus = [.. actual];
        var missing = new List<T>();
        foreach (T item in expected)
        {
            if (!surplus.Remove(item))
                missing.Add(item);
        }

        if (missing.Count + surplus.Count > 0)
            throw new SimulationViolationException($"{what}: missing [{string.Join(", ", missing.Take(5))}] ({missing.Count}), too much [{string.Join(", ", surplus.Take(5))}] ({surplus.Count}).");
    }
}
