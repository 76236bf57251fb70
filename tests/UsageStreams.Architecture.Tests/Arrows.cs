namespace UsageStreams.Architecture.Tests;

/// <summary>Which project may use which: the arrows of the design, downwards only.</summary>
internal static class Arrows
{
    private const string Avro = "UsageStreams.Avro";
    private const string Protocol = "UsageStreams.Protocol";
    private const string Streams = "UsageStreams.Streams";
    private const string Model = "UsageStreams.Model";
    private const string Producer = "UsageStreams.Producer";

    /// <summary>Per project of src, the projects it may use.</summary>
    public static IReadOnlyDictionary<string, string[]> Allowed { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        // Know no domain.
        [Avro] = [],
        [Protocol] = [],
        ["UsageStreams.Avro.Generator"] = [Avro],
        [Streams] = [Avro, Protocol],
        ["UsageStreams.Streams.Testing"] = [Streams],
        ["UsageStreams.Embedded"] = [Avro, Protocol],

        // Stands in for systems of others, so it shares nothing with us.
        ["UsageStreams.Sandbox"] = [],

        // Knows the domain and no Kafka.
        [Model] = [Avro],

        // Publish events, in a process of others or in one of ours; what is made of events they don't know.
        [Producer] = [Model, Avro],
        ["UsageStreams.Gateway"] = [Producer, Model, Avro],

        // Know the domain and not each other.
        ["UsageStreams.Topology"] = [Model, Streams, Avro],
        ["UsageStreams.Sinks"] = [Model, Streams, Avro],
        ["UsageStreams.Replay"] = [Model, Streams, Avro],
        ["UsageStreams.Console"] = [Model, Streams, Avro],
        ["UsageStreams.Host"] =
        [
            "UsageStreams.Topology", "UsageStreams.Sinks", "UsageStreams.Replay", "UsageStreams.Console", "UsageStreams.Embedded", "UsageStreams.Sandbox",
            "UsageStreams.Gateway", Producer, Model, Streams, Avro,
        ],
    };

    /// <summary>Projects that run while another is built, and of which it sees no code.</summary>
    public static IReadOnlyDictionary<string, string[]> AllowedAtBuild { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        [Model] = ["UsageStreams.Avro.Generator"],
    };

    /// <summary>Projects that may use a Kafka client; all others reach Kafka through them or not at all.</summary>
    public static IReadOnlySet<string> MayUseKafka { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        Streams, "UsageStreams.Streams.Testing", Producer, "UsageStreams.Embedded", "UsageStreams.Topology", "UsageStreams.Sinks", "UsageStreams.Replay",
        "UsageStreams.Console", "UsageStreams.Host",
    };
}
