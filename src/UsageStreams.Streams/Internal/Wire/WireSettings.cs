using System.Collections.Frozen;
using System.Globalization;
using Confluent.Kafka;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>
/// A producer's settings as the engine's own producer follows them. They are librdkafka's, by name and default
/// (https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md).
/// </summary>
internal sealed class WireSettings
{
    private const int DefaultQueueKbytes = 1_048_576;

    // More would only wait: what lies there has left the processor's cache before it is sent.
    private const long LargestQueue = 32L << 20;

    // What the engine sets itself, or what is for consumers only: connections have all clients' settings in common.
    private static readonly FrozenSet<string> WithoutEffect = FrozenSet.Create(
        StringComparer.Ordinal,
        "acks", "enable.idempotence", "partitioner", "linger.ms", "allow.auto.create.topics", "check.crcs", "group.protocol",
        "topic.metadata.refresh.interval.ms", "socket.keepalive.enable", "broker.address.ttl", "log_level", "heartbeat.interval.ms", "max.poll.interval.ms",
        "max.partition.fetch.bytes", "client.rack");

    private static readonly string[] ForConsumers = ["fetch.", "queued.", "dotnet."];

    private readonly Dictionary<string, string> _values;

    private WireSettings(ProducerConfig config) =>
        _values = config.ToDictionary(static setting => setting.Key, static setting => setting.Value, StringComparer.Ordinal);

    public IReadOnlyList<BrokerAddress> Bootstrap { get; private init; } = [];

    public required string ClientId { get; init; }

    public required string TransactionalId { get; init; }

    public WireSecurity Security { get; private init; } = new(UsesTls: false, Mechanism: null, "", "");

    /// <summary>After which a broker aborts a transaction that nobody ends.</summary>
    public TimeSpan TransactionTimeout { get; private init; }

    /// <summary>Within which an answer must be there.</summary>
    public TimeSpan SocketTimeout { get; private init; }

    /// <summary>Within which a connection must be open.</summary>
    public TimeSpan ConnectTimeout { get; private init; }

    /// <summary>Within which a broker must have written to all replicas.</summary>
    public TimeSpan RequestTimeout { get; private init; }

    /// <summary>Longest pause before something is tried again.</summary>
    public TimeSpan LongestBackoff { get; private init; }

    /// <summary>Bytes that a record, and thereby a batch, may have.</summary>
    public int LargestRecord { get; private init; }

    /// <summary>Bytes after which a batch is sent.</summary>
    public int BatchBytes { get; private init; }

    /// <summary>Bytes that may wait for acknowledgement.</summary>
    public long QueueBytes { get; private init; }

    /// <summary>Records that may wait for acknowledgement.</summary>
    public long QueueRecords { get; private init; }

    /// <summary>The settings, when the engine's own producer can follow all of them; null when only the native client can.</summary>
    public static WireSettings? Of(ProducerConfig config)
    {
        var given = new WireSettings(config) { ClientId = config.ClientId ?? "rdkafka", TransactionalId = config.TransactionalId ?? "" };
        if (WireSecurity.Of(given.Take) is not { } security)
            return null;
        long queueBytes = Math.Min(given.Number("queue.buffering.max.kbytes", DefaultQueueKbytes) * 1024, LargestQueue);
        int largest = (int)given.Number("message.max.bytes", 1_000_000);
        var settings = new WireSettings(config)
        {
            ClientId = given.ClientId,
            TransactionalId = given.TransactionalId,
            Security = security,
            Bootstrap = BrokerAddress.Parse(given.Take("bootstrap.servers") ?? ""),
            TransactionTimeout = given.Milliseconds("transaction.timeout.ms", 60_000),
            SocketTimeout = given.Milliseconds("socket.timeout.ms", 60_000),
            ConnectTimeout = given.Milliseconds("socket.connection.setup.timeout.ms", 30_000),
            RequestTimeout = given.Milliseconds("request.timeout.ms", 30_000),
            LongestBackoff = given.Milliseconds("retry.backoff.ms", 100),
            LargestRecord = largest,
            BatchBytes = (int)Math.Min(given.Number("batch.size", 256 * 1024), Math.Min(largest, queueBytes / 4)),
            QueueBytes = queueBytes,
            QueueRecords = given.Number("queue.buffering.max.messages", long.MaxValue),
        };
        return given.IsAllTaken() ? settings : null;
    }

    private string? Take(string name) => _values.Remove(name, out string? value) ? value : null;

    private long Number(string name, long otherwise) => Take(name) is { } value ? long.Parse(value, CultureInfo.InvariantCulture) : otherwise;

    private TimeSpan Milliseconds(string name, long otherwise) => TimeSpan.FromMilliseconds(Number(name, otherwise));

    private bool IsAllTaken()
    {
        Take("client.id");
        Take("transactional.id");
        if (Take("compression.type") is { } compression && compression != "none")
            return false;
        return _values.Keys.All(static name => WithoutEffect.Contains(name) || Array.Exists(ForConsumers, prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
    }
}
