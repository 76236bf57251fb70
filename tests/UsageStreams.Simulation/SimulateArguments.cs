using System.Globalization;
using UsageStreams.Streams.Testing.Simulation;
using UsageStreams.Streams.Testing.Simulation.Scenarios;

namespace UsageStreams.Simulation;

/// <summary>What was asked for.</summary>
internal sealed record SimulateArguments
{
    public const string Usage =
        """
        simulate [--seeds N] [--from S] [--scenario NAME] [--break RULE]   N seeds (default 10000) from S (default 1)
        simulate --seed S [--trace] [--scenario NAME] [--break RULE]       one seed, with its last events
        """;

    public long From { get; private init; } = 1;

    public int Seeds { get; private init; } = 10_000;

    public bool Trace { get; private init; }

    public string? Scenario { get; private init; }

    public Breakage Breakage { get; private init; }

    /// <summary>The command that runs one of these seeds again.</summary>
    public string Again(long seed) => $"./dev simulate --seed {seed} --trace{(Scenario is null ? "" : $" --scenario {Scenario}")}{(Breakage == Breakage.None ? "" : $" --break {Breakage}")}";

    public static SimulateArguments Parse(IReadOnlyList<string> words)
    {
        var arguments = new SimulateArguments();
        for (int i = 0; i < words.Count; i++)
        {
            string Value() => ++i < words.Count ? words[i] : throw new FormatException($"{words[i - 1]} needs a value.");
            arguments = words[i] switch
            {
                "--seeds" => arguments with { Seeds = (int)Number("--seeds", Value(), 1, int.MaxValue) },
                "--from" => arguments with { From = Number("--from", Value(), 0, long.MaxValue / 2) },
                "--seed" => arguments with { From = Number("--seed", Value(), 0, long.MaxValue / 2), Seeds = 1 },
                "--trace" => arguments with { Trace = true },
                "--scenario" => arguments with { Scenario = OneOf("--scenario", Value(), SimulationScenarios.All.Keys) },
                "--break" => arguments with { Breakage = Enum.Parse<Breakage>(OneOf("--break", Value(), Enum.GetNames<Breakage>())) },
                _ => throw new FormatException($"Unknown option {words[i]}."),
            };
        }

        return arguments;
    }

    private static long Number(string option, string text, long least, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most
            ? value
            : throw new FormatException($"{option} is '{text}'; it must be a whole number from {least} to {most}.");

    private static string OneOf(string option, string text, IEnumerable<string> names) => names.Contains(text, StringComparer.Ordinal)
        ? text
        : throw new FormatException($"{option} is '{text}'; it must be one of {string.Join(", ", names)}.");
}
