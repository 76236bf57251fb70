using System.Globalization;
using UsageStreams.Chaos.Brokers;

namespace UsageStreams.Chaos;

/// <summary>What a run is asked to do.</summary>
internal sealed record ChaosOptions
{
    public const string Usage = """
        usage: chaos [--minutes M] [--seed S] [--rate R] [--json] [--bootstrap HOST:PORT [--registry URL] [--kafka-dir DIR]]
          three workers over 8 partitions, each with a state directory, killed at random while a load with every fault is published, and the broker killed three times;
          then the topics are compared with what was published, to the last digit
          --minutes M     how long the load lasts, 5 by default
          --seed S        chooses the load, the kills and their times, 1 by default
          --rate R        records per second, 1500 by default
          --bootstrap B   a real Kafka instead of an embedded broker; without --registry an embedded registry is run over it
          --kafka-dir DIR where that Kafka was started with './dev kafka start --dir', so that its broker can be killed too
          --json          one JSON object instead of text
          --gateway       another run, against the ingest gateway: chaos --gateway --events N [--bootstrap ...]
        """;

    /// <summary>How long the load lasts.</summary>
    public double Minutes { get; init; } = 5;

    /// <summary>Chooses the load, who is killed, and when.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Records per second.</summary>
    public double Rate { get; init; } = 1500;

    /// <summary>Whether the result is told as JSON.</summary>
    public bool Json { get; init; }

    /// <summary>A real Kafka; null for an embedded broker in a process of its own.</summary>
    public string? Bootstrap { get; init; }

    /// <summary>The registry beside that Kafka; null for an embedded one in this process.</summary>
    public Uri? Registry { get; init; }

    /// <summary>The real Kafka's folder; null when its broker can't be restarted from here.</summary>
    public string? KafkaFolder { get; init; }

    /// <summary>The script that starts and kills nodes in such a folder; <c>./dev</c> gives it.</summary>
    public string? KafkaScript { get; init; }

    /// <summary>Where that Kafka is; null for an embedded broker.</summary>
    /// <exception cref="ArgumentException">The options make no sense together.</exception>
    public GivenPlace? Given => GivenPlace.Of(Bootstrap, Registry, KafkaFolder, KafkaScript);

    /// <summary>How long the load lasts.</summary>
    public TimeSpan Duration => TimeSpan.FromMinutes(Minutes);

    /// <summary>Records that are published.</summary>
    public long Records => (long)(Duration.TotalSeconds * Rate);

    /// <summary>Reads a command line.</summary>
    /// <exception cref="ArgumentException">It makes no sense.</exception>
    public static ChaosOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new ChaosOptions();
        for (var at = 0; at < arguments.Length; at++)
        {
            options = arguments[at] switch
            {
                "--json" => options with { Json = true },
                "--minutes" => options with { Minutes = Number(arguments, ++at, 0.2, 600) },
                "--rate" => options with { Rate = Number(arguments, ++at, 10, 100_000) },
                "--seed" => options with { Seed = Seeded(arguments, ++at) },
                "--bootstrap" => options with { Bootstrap = Text(arguments, ++at) },
                "--registry" => options with { Registry = Url(arguments, ++at) },
                "--kafka-dir" => options with { KafkaFolder = Text(arguments, ++at) },
                "--kafka-script" => options with { KafkaScript = Text(arguments, ++at) },
                var other => throw new ArgumentException($"Unknown option '{other}'."),
            };
        }

        _ = options.Given;
        return options;
    }

    private static double Number(ReadOnlySpan<string> arguments, int at, double least, double most) =>
        double.TryParse(Text(arguments, at), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new ArgumentException($"{arguments[at - 1]} takes a number of {least} to {most}, not '{arguments[at]}'.");

    private static ulong Seeded(ReadOnlySpan<string> arguments, int at) =>
        ulong.TryParse(Text(arguments, at), NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : throw new ArgumentException($"--seed takes a whole number, not '{arguments[at]}'.");

    internal static Uri Url(ReadOnlySpan<string> arguments, int at) =>
        Uri.TryCreate(Text(arguments, at), UriKind.Absolute, out var url)
            ? url
            : throw new ArgumentException($"--registry takes a URL, not '{arguments[at]}'.");

    internal static string Text(ReadOnlySpan<string> arguments, int at) =>
        at < arguments.Length ? arguments[at] : throw new ArgumentException($"{arguments[at - 1]} takes a value.");
}
