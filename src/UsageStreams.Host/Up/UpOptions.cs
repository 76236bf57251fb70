using UsageStreams.Host.Kafka;
using UsageStreams.Host.Machine;

namespace UsageStreams.Host.Up;

/// <summary>What <c>up</c> was asked for.</summary>
internal sealed record UpOptions
{
    /// <summary>The access log to publish.</summary>
    public required string Input { get; init; }

    /// <summary>Name of its source.</summary>
    public required string Source { get; init; }

    /// <summary>Folder of the data.</summary>
    public required string Data { get; init; }

    /// <summary>Kafka and registry that are there already; null to start embedded ones.</summary>
    public KafkaAccess? Given { get; init; }

    /// <summary>File of Kafka client properties, to hand on to the worker.</summary>
    public FileInfo? KafkaConfig { get; init; }

    /// <summary>Prefix of all names.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Where to listen.</summary>
    public LocalPorts Ports { get; init; } = new(0, 0, 0);

    /// <summary>Whether the statement is to be JSON.</summary>
    public bool Json { get; init; }

    /// <summary>How often the worker is killed.</summary>
    public int Kills { get; init; }

    /// <summary>Chooses when, and the generated load.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How long nothing may move before it is given up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Events per second of a live run.</summary>
    public double Rate { get; init; } = 500;
}
