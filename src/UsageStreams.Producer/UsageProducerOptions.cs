using System.Collections.ObjectModel;
using UsageStreams.Avro.Registry;

namespace UsageStreams.Producer;

/// <summary>How a <see cref="UsageProducer"/> publishes. Where Kafka and the registry are must be said; all else has a default.</summary>
public sealed record UsageProducerOptions
{
    private static readonly string[] Owned =
    [
        "acks", "request.required.acks", "bootstrap.servers", "metadata.broker.list", "client.id", "enable.idempotence", "transactional.id",
        "message.timeout.ms", "delivery.timeout.ms", "linger.ms", "queue.buffering.max.ms", "queue.buffering.max.messages", "queue.buffering.max.kbytes",
        "message.max.bytes", "partitioner", "max.in.flight", "max.in.flight.requests.per.connection", "message.send.max.retries", "retries",
        "delivery.report.only.error",
    ];

    /// <summary>Kafka's addresses, <c>host:port</c> separated by commas.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>Base URL of the schema registry.</summary>
    public required Uri Registry { get; init; }

    /// <summary>How the registry is called: user, password, attempts. Default: as its URL says.</summary>
    public SchemaRegistryOptions RegistryOptions { get; init; } = new();

    /// <summary>The topic; default <c>usage.events</c>. Its schema is registered under <c>&lt;topic&gt;-value</c>.</summary>
    public string Topic { get; init; } = "usage.events";

    /// <summary>Name by which the brokers know this client, in their logs and quotas; default <c>usagestreams-producer</c>.</summary>
    public string ClientId { get; init; } = "usagestreams-producer";

    /// <summary>
    /// Further settings of the native client: <c>security.protocol</c>, <c>sasl.username</c>, <c>ssl.ca.location</c>, <c>compression.type</c> and their like.
    /// Those that the producer's promises rest on (acknowledgement, idempotence, partitioner, queue) can't be given. They are never logged.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Events on their way, at most; who publishes more waits. 1 to 10,000,000; default 10,000.</summary>
    public int MaxQueuedEvents { get; init; } = 10_000;

    /// <summary>Bytes of the events on their way, at most; who publishes more waits. 64 KiB to 1 GiB; default 64 MiB.</summary>
    public long MaxQueuedBytes { get; init; } = 64 << 20;

    /// <summary>Bytes of one event with its headers, at most; 1 KiB to 64 MiB, and no more than the topic takes. Default 1,000,000, which a topic with Kafka's defaults takes.</summary>
    public int MaxEventBytes { get; init; } = 1_000_000;

    /// <summary>How long an event is tried to be delivered before its task fails; 100 ms to 1 hour, default 30 s.</summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an event waits for others to be sent with; 0 to 1 s, default 5 ms.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Clock by which events ahead of their time are told; default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The addresses and the topic; no settings, because some are secrets.</summary>
    public override string ToString() => $"{Topic} on Kafka at {BootstrapServers}";

    internal void Validate()
    {
        List<string> problems = [];
        if (string.IsNullOrWhiteSpace(BootstrapServers)) problems.Add($"{nameof(BootstrapServers)} is empty; name a broker, host:port");
        if (string.IsNullOrWhiteSpace(Topic)) problems.Add($"{nameof(Topic)} is empty; name the topic of the events");
        if (MaxQueuedEvents is < 1 or > 10_000_000) problems.Add($"{nameof(MaxQueuedEvents)} is {MaxQueuedEvents}; it must be 1 to 10,000,000");
        if (MaxQueuedBytes is < (64 << 10) or > (1 << 30)) problems.Add($"{nameof(MaxQueuedBytes)} is {MaxQueuedBytes}; it must be 64 KiB to 1 GiB");
        if (MaxEventBytes is < 1024 or > (64 << 20)) problems.Add($"{nameof(MaxEventBytes)} is {MaxEventBytes}; it must be 1 KiB to 64 MiB");
        if (MaxEventBytes > MaxQueuedBytes) problems.Add($"{nameof(MaxEventBytes)} is {MaxEventBytes}; it must not be more than {nameof(MaxQueuedBytes)}, {MaxQueuedBytes}");
        if (DeliveryTimeout < TimeSpan.FromMilliseconds(100) || DeliveryTimeout > TimeSpan.FromHours(1))
            problems.Add($"{nameof(DeliveryTimeout)} is {DeliveryTimeout}; it must be 100 ms to 1 hour");
        if (Linger < TimeSpan.Zero || Linger > TimeSpan.FromSeconds(1)) problems.Add($"{nameof(Linger)} is {Linger}; it must be 0 to 1 s");
        string[] refused = [.. Settings.Keys.Intersect(Owned, StringComparer.OrdinalIgnoreCase)];
        if (refused.Length > 0) problems.Add($"{nameof(Settings)} holds {string.Join(", ", refused)}, which are the producer's own; remove them");
        if (problems.Count > 0)
            throw new UsageProducerException($"The producer's options are not valid: {string.Join("; ", problems)}.");
    }
}
