using System.Diagnostics.CodeAnalysis;
using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Embedded.Registry.Http;
using UsageStreams.Embedded.Registry.Log;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry;

/// <summary>
/// A schema registry for one machine: the part of Confluent's REST interface, version 1, that Avro clients call, kept in the compacted
/// topic <c>_schemas</c> in Confluent's own record format. A restart on the same Kafka finds everything again.
/// </summary>
/// <remarks>
/// Avro only, with references; one context; modes READWRITE and READONLY. It has no authentication and listens on the loopback address alone:
/// not for production. Metadata and rule sets are refused, not dropped. Only one registry may write to a topic at a time.
/// </remarks>
public sealed class EmbeddedRegistry : IAsyncDisposable
{
    private readonly Stack<object> _parts;

    private EmbeddedRegistry(Uri url, Stack<object> parts)
    {
        Url = url;
        _parts = parts;
    }

    /// <summary>Where it listens, for example <c>http://127.0.0.1:8081</c>.</summary>
    public Uri Url { get; }

    /// <summary>Reads the topic to its end, then starts to listen.</summary>
    /// <param name="options">Where Kafka is, and where to listen.</param>
    /// <param name="logger">Gets warnings and errors; requests are not logged. None by default.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <returns>The registry, ready to be called. Dispose it to end it.</returns>
    /// <exception cref="EmbeddedRegistryException">An option is not valid, Kafka does not answer, the topic is not fit, or the port is taken.</exception>
    public static async Task<EmbeddedRegistry> StartAsync(
        EmbeddedRegistryOptions options, ILogger? logger = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var parts = new Stack<object>();
        try
        {
            return await StartAsync(options, logger ?? NullLogger.Instance, parts, cancellationToken);
        }
        catch (Exception error) when (error is KafkaException or TimeoutException or IOException)
        {
            await DisposeAsync(parts);
            throw NoKafka(options, error);
        }
        catch
        {
            await DisposeAsync(parts);
            throw;
        }
    }

    /// <summary>Stops listening, then leaves Kafka. What was answered is in the topic already.</summary>
    public ValueTask DisposeAsync() => DisposeAsync(_parts);

    [SuppressMessage("Reliability", "CA2000", Justification = "Every part goes on the stack that the caller disposes.")]
    private static async Task<EmbeddedRegistry> StartAsync(
        EmbeddedRegistryOptions options, ILogger logger, Stack<object> parts, CancellationToken cancellationToken)
    {
        SchemasTopic topic = Add(parts, new SchemasTopic(options));
        await topic.EnsureAsync();

        var store = new SchemaStore(options.TimeProvider);
        SchemasReader reader = Add(parts, new SchemasReader(options, topic.Partition, store, logger));
        await reader.EndReached.WaitAsync(options.KafkaTimeout, options.TimeProvider, cancellationToken);

        SchemasWriter log = Add(parts, new SchemasWriter(options, topic.Partition, logger));
        RegistryWriter writer = Add(parts, new RegistryWriter(store, topic, log, options.KafkaTimeout));
        WebApplication application = Add(parts, await RegistryApplication.StartAsync(options.Port, store, writer, logger, cancellationToken));
        return new EmbeddedRegistry(new Uri(application.Urls.Single()), parts);
    }

    private static T Add<T>(Stack<object> parts, T part)
        where T : notnull
    {
        parts.Push(part);
        return part;
    }

    private static async ValueTask DisposeAsync(Stack<object> parts)
    {
        while (parts.TryPop(out object? part))
        {
            if (part is WebApplication application)
                await application.StopAsync();
            if (part is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else
                ((IDisposable)part).Dispose();
        }
    }

    private static EmbeddedRegistryException NoKafka(EmbeddedRegistryOptions options, Exception cause) => new(
        $"The embedded registry could not read its topic '{options.Topic}' from Kafka at {options.BootstrapServers} within {options.KafkaTimeout.TotalSeconds} s: "
        + $"{cause.Message} See whether the broker is up and the address is right.",
        cause);
}
