using System.Globalization;

namespace UsageStreams.Benchmarks;

/// <summary>What a benchmark is asked to do.</summary>
internal sealed record BenchmarkOptions
{
    public bool Json { get; init; }

    /// <summary>Records in the topic; null for what the case takes by itself.</summary>
    public int? Records { get; init; }

    /// <summary>Runs of each case; the median counts.</summary>
    public int Runs { get; init; } = 3;

    /// <summary>A real broker; null starts the embedded one in a process of its own.</summary>
    public string? Bootstrap { get; init; }

    /// <summary>A real registry; metering needs it with a real broker.</summary>
    public string? Registry { get; init; }

    /// <summary>Cases of the engine to measure; empty for the usual ones.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Keys of the cases that ask for their number; null for what the case takes by itself.</summary>
    public int? Keys { get; init; }

    /// <summary>How long the cases take that take as long as they are given.</summary>
    public int Minutes { get; init; } = 2;

    /// <summary>The folder of the Java Kafka Streams program to measure beside the engine; null for none.</summary>
    public string? Peer { get; init; }

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
                "--keys" => options with { Keys = Number(arguments, ++i) },
                "--minutes" => options with { Minutes = Number(arguments, ++i) },
                "--bootstrap" => options with { Bootstrap = Text(arguments, ++i) },
                "--registry" => options with { Registry = Text(arguments, ++i) },
                "--only" => options with { Only = Text(arguments, ++i).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) },
                "--peer" => options with { Peer = Text(arguments, ++i) },
                var other => throw new ArgumentException(
                    $"Unknown option '{other}'; there are --json, --records, --runs, --keys, --minutes, --only, --peer, --bootstrap and --registry."),
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
