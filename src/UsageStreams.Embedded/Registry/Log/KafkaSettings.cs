using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace UsageStreams.Embedded.Registry.Log;

/// <summary>What the registry's Kafka clients have in common.</summary>
internal static class KafkaSettings
{
    public static ClientConfig Of(EmbeddedRegistryOptions options) =>
        new(new Dictionary<string, string>(options.ClientSettings, StringComparer.Ordinal)) { BootstrapServers = options.BootstrapServers };

    /// <summary>librdkafka writes to standard error by itself; what matters of it arrives as errors.</summary>
    public static void Silent(IClient client, LogMessage message)
    {
    }

    /// <summary>Makes a handler that logs a client's connection troubles; the client goes on trying by itself.</summary>
    public static Action<IClient, Error> Logged(ILogger logger) =>
        (_, error) => logger.LogWarning("Kafka client of the registry: {Reason} ({Code})", error.Reason, error.Code);
}
