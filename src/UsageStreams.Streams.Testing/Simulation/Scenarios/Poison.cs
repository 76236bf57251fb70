using System.Globalization;
using UsageStreams.Streams.Faults;
using static UsageStreams.Streams.Testing.Simulation.Scenarios.SimulationScenarios;

namespace UsageStreams.Streams.Testing.Simulation.Scenarios;

/// <summary>The first letter of a value in the fault scenario says where the record fails; a number follows.</summary>
internal static class Poison
{
    public const char None = 's';
    public const char Reading = 'r';
    public const char Map = 'm';
    public const char Processor = 'p';
    public const char Writing = 'w';

    /// <summary>Fails in the processor behind the repartition.</summary>
    public const char Behind = 'b';

    public static readonly char[] All = [Reading, Map, Processor, Writing, Behind];

    public static long Amount(string value) => long.Parse(value.AsSpan(1), CultureInfo.InvariantCulture);

    public static string Check(string value, char poison) => value[0] == poison ? throw new FormatException($"'{value}' is poisoned.") : value;

    public static bool IsSound(string value) => value[0] == None;

    /// <summary>Sound as far as the repartition.</summary>
    public static bool IsSoundAbove(string value) => value[0] is None or Behind;

    /// <summary>Whether a dead letter names the node at which its record had to fail, and the topic that the node's task reads.</summary>
    public static bool NamesItsNode(SimulatedRecord dead)
    {
        (string node, string topic) = Text(dead.Value)[0] switch
        {
            Reading => ("sell", "sales"),
            Map => ("map", "sales"),
            Processor => ("add", "sales"),
            Writing => ("to-copies", "sales"),
            _ => ("sum", "simulated-again-repartition"),
        };
        return dead.Headers.GetText(DeadLetterHeaders.Node) == node && dead.Headers.GetText(DeadLetterHeaders.Topic) == topic;
    }
}
