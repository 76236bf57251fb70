using System.Globalization;

namespace UsageStreams.Benchmarks;

/// <summary>What a benchmark is asked to do.</summary>
internal sealed record BenchmarkOptions
{
    public bool Json { get; init; }

    /// <summary>Records in the topic.</summary>
    public int Records { get; init; } = 500_000;

    /// <summary>Runs of each case; the median counts.</summary>
    public int Runs { get; init; } = 3;

    /// <summary>A real broker; null starts the embedded one in a process of its own.</summary>
    public string? Bootstrap { get; init; }

    /// <summary>A real registry; the chain needs it with a real broker.</summary>
    public string? Registry { get; init; }

    /// <summary>The one streams case of the engine to measure; null for all.</summary>
    public string? Only { get; init; }

    public static BenchmarkOptions Parse(ReadOnlySpan<string> arguments, BenchmarkOptions? defaults = null)
    {
        var options = defaults ?? new BenchmarkOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            options = arguments[i] switch
            {
                "--json" => options with { Json = true },
                "--records" => options with { Records = Number(arguments, ++i) },
                "--runs" => options with { Runs = Number(arguments, ++i) },
                "--bootstrap" => options with { Bootstrap = Text(arguments, ++i) },
                "--registry" => options with { Registry = Text(arguments, ++i) },
                "--only" => options with { Only = Text(arguments, ++i) },
                var other => throw new ArgumentException($"Unknown option '{other}'; there are --json, --records, --runs, --only, --bootstrap and --registry."),
            };
        }

        return options;
    }

    private static int Number(ReadOnlySpan<string> arguments, int at) =>
        int.TryParse(Text(arguments, at), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new ArgumentException($"{arguments[at - 1]} takes a whole number above 0, not '{arguments[at]}'.");

    private static string Text(ReadOnlySpan<string> arguments, int at) =>
        at < arguments.Length ? arguments[at] : throw new ArgumentException($"{arguments[at - 1]} takes a value.");
}
