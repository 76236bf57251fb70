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

    /// <summary>A real registry; needed with a real broker.</summary>
    public string? Registry { get; init; }

    public static BenchmarkOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new BenchmarkOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            options = arguments[i] switch
            {
                "--json" => options with { Json = true },
                "--records" => options with { Records = Number(arguments, ++i) },
                "--runs" => options with { Runs = Number(arguments, ++i) },
                "--bootstrap" => options with { Bootstrap = Text(arguments, ++i) },
                "--registry" => options with { Registry = Text(arguments, ++i) },
                var other => throw new ArgumentException($"Unknown option '{other}'; there are --json, --records, --runs, --bootstrap and --registry."),
            };
        }

        return options.Bootstrap is null == options.Registry is null
            ? options
            : throw new ArgumentException("--bootstrap and --registry go together: give both or neither.");
    }

    private static int Number(ReadOnlySpan<string> arguments, int at) =>
        int.TryParse(Text(arguments, at), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new ArgumentException($"{arguments[at - 1]} takes a whole number above 0, not '{arguments[at]}'.");

    private static string Text(ReadOnlySpan<string> arguments, int at) =>
        at < arguments.Length ? arguments[at] : throw new ArgumentException($"{arguments[at - 1]} takes a value.");
}
