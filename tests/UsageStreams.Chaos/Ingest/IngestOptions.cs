using System.Globalization;
using UsageStreams.Chaos.Brokers;

namespace UsageStreams.Chaos.Ingest;

/// <summary>What a run against the gateway is asked to do.</summary>
internal sealed record IngestOptions
{
    public const string Usage = """
        usage: chaos --gateway [--events N] [--seed S] [--clients C] [--json] [--bootstrap HOST:PORT [--registry URL] [--kafka-dir DIR]]
          clients send events to a gateway by HTTP, in every form that it takes, while its broker refuses, loses answers, stands still and is killed, and it is killed itself;
          clients give up at random and send again with the same ids. Then the topic is read and metered: nothing acknowledged is lost, nothing is counted twice
          --events N    1,000,000 by default
          --seed S      chooses the events, the faults and when clients give up, 1 by default
          --clients C   requests at once, 8 by default
          --json        one JSON object instead of text
          --bootstrap B a real Kafka instead of an embedded broker: it can't be told to refuse or to lose answers; without --registry an embedded registry is run over it
          --kafka-dir D where that Kafka was started with './dev kafka start --dir', so that it can be held and killed
        """;

    /// <summary>Events that are sent.</summary>
    public int Events { get; init; } = 1_000_000;

    /// <summary>Chooses the events, the faults, and when clients give up.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Requests at once.</summary>
    public int Clients { get; init; } = 8;

    /// <summary>Whether the result is told as JSON.</summary>
    public bool Json { get; init; }

    /// <summary>Where a real Kafka is; null for an embedded broker in a process of its own.</summary>
    public GivenPlace? Given { get; init; }

    /// <summary>Reads a command line, behind <c>--gateway</c>.</summary>
    /// <exception cref="ArgumentException">It makes no sense.</exception>
    public static IngestOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new IngestOptions();
        string? bootstrap = null, folder = null, script = null;
        Uri? registry = null;
        for (var at = 0; at < arguments.Length; at++)
        {
            switch (arguments[at])
            {
                case "--json": options = options with { Json = true }; break;
                case "--events": options = options with { Events = Number(arguments, ++at, 1000, 100_000_000) }; break;
                case "--clients": options = options with { Clients = Number(arguments, ++at, 1, 64) }; break;
                case "--seed": options = options with { Seed = (ulong)Number(arguments, ++at, 0, int.MaxValue) }; break;
                case "--bootstrap": bootstrap = ChaosOptions.Text(arguments, ++at); break;
                case "--registry": registry = ChaosOptions.Url(arguments, ++at); break;
                case "--kafka-dir": folder = ChaosOptions.Text(arguments, ++at); break;
                case "--kafka-script": script = ChaosOptions.Text(arguments, ++at); break;
                default: throw new ArgumentException($"Unknown option '{arguments[at]}'.");
            }
        }

        return options with { Given = GivenPlace.Of(bootstrap, registry, folder, script) };
    }

    private static int Number(ReadOnlySpan<string> arguments, int at, int least, int most) =>
        at < arguments.Length && int.TryParse(arguments[at], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{arguments[at - 1]} takes a whole number of {least} to {most}."));
}
