namespace UsageStreams.Embedded.Registry;

/// <summary>Settings of an <see cref="EmbeddedRegistry"/>.</summary>
public sealed class EmbeddedRegistryOptions
{
    /// <summary>Kafka's addresses, <c>host:port</c>, separated by commas. Required.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>The port to listen on, on the loopback address. 0, the default, takes a free one; <see cref="EmbeddedRegistry.Url"/> tells which.</summary>
    public int Port { get; init; }

    /// <summary>
    /// The compacted topic of one partition that holds the schemas; made when it does not exist. <c>_schemas</c> by default.
    /// Only one registry may write to a topic at a time.
    /// </summary>
    public string Topic { get; init; } = "_schemas";

    /// <summary>
    /// More settings of the Kafka clients (TLS, SASL), by librdkafka's names. Those the registry depends on
    /// (<c>acks</c>, <c>enable.idempotence</c>, <c>group.id</c>, offsets) are set after these and win.
    /// </summary>
    public IReadOnlyDictionary<string, string> ClientSettings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How long the registry waits for Kafka: at start, to have read the topic; later, to have a write acknowledged and read back. 30 seconds by default.</summary>
    public TimeSpan KafkaTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock that <see cref="KafkaTimeout"/> is measured by. The system's by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(BootstrapServers))
            faults.Add($"{nameof(BootstrapServers)} is empty: give the address of a Kafka broker, for example 127.0.0.1:9092");
        if (Port is < 0 or > 65535)
            faults.Add($"{nameof(Port)} is {Port}: give 0 for a free port, or 1 to 65535");
        if (string.IsNullOrWhiteSpace(Topic))
            faults.Add($"{nameof(Topic)} is empty: give a topic name, or leave the default _schemas");
        if (KafkaTimeout <= TimeSpan.Zero)
            faults.Add($"{nameof(KafkaTimeout)} is {KafkaTimeout}: give a time above zero");
        if (faults.Count > 0)
            throw new EmbeddedRegistryException($"The options of the embedded registry are not valid: {string.Join("; ", faults)}.");
    }
}
