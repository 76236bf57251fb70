using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Embedded.Groups;
using UsageStreams.Embedded.Log;
using UsageStreams.Embedded.Network;
using UsageStreams.Embedded.Requests;
using UsageStreams.Embedded.Storage;
using UsageStreams.Embedded.Topics;
using UsageStreams.Embedded.Transactions;

namespace UsageStreams.Embedded;

/// <summary>
/// A Kafka broker inside this process, for one machine: Kafka's wire protocol on loopback with groups, idempotent and transactional
/// producers and read-committed consumers, kept in a folder that survives a kill. Not for production: there are no replicas, and
/// topics are neither compacted nor cut by retention.
/// </summary>
/// <remarks>Disposing it stops it: connections are closed, and everything written is forced to the disk.</remarks>
public sealed class EmbeddedBroker : IAsyncDisposable
{
    private readonly BrokerStorage _storage;
    private readonly Listener _listener;
    private readonly ILogger _logger;
    private int _disposed;

    private EmbeddedBroker(BrokerStorage storage, Listener listener, ILogger logger)
    {
        (_storage, _listener, _logger) = (storage, listener, logger);
        BootstrapServers = $"127.0.0.1:{listener.Port}";
    }

    /// <summary>Address for a client's <c>bootstrap.servers</c>: <c>127.0.0.1:PORT</c>.</summary>
    public string BootstrapServers { get; }

    /// <summary>
    /// Fails with an <see cref="EmbeddedBrokerException"/> when the disk refuses a write (full, for example). From then on clients that
    /// write are answered KAFKA_STORAGE_ERROR and reading goes on. Does not complete otherwise.
    /// </summary>
    public Task Failed => _storage.Disk.Failed;

    /// <summary>The groups as they are now, for tests that need what no request tells.</summary>
    internal GroupCoordinator Groups => _storage.Groups;

    /// <summary>Opens the data folder, checks and repairs what a kill left half written, and listens.</summary>
    /// <param name="options">Settings; the data folder is required.</param>
    /// <param name="logger">Where start, repair and trouble are told; nowhere when null.</param>
    /// <param name="time">Clock of sessions, rebalances and transactions; the system's when null. Long polls always wait by the system's.</param>
    /// <param name="ct">Gives up starting.</param>
    /// <exception cref="EmbeddedBrokerException">Port taken, folder in use or not writable, options not valid.</exception>
    public static Task<EmbeddedBroker> StartAsync(
        EmbeddedBrokerOptions options, ILogger? logger = null, TimeProvider? time = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Task.Run(() => Start(options, logger ?? NullLogger.Instance, time ?? TimeProvider.System, ct), ct);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _listener.DisposeAsync();
        _storage.Dispose();
        BrokerLog.Stopped(_logger, BootstrapServers);
    }

    private static EmbeddedBroker Start(EmbeddedBrokerOptions options, ILogger logger, TimeProvider time, CancellationToken cancellation)
    {
        // The port first: a taken one is told before anything in the folder is touched.
        var listener = new Listener(options.Port, logger);
        BrokerStorage? storage = null;
        try
        {
            storage = BrokerStorage.Open(options, logger, time);
            cancellation.ThrowIfCancellationRequested();
        }
        catch
        {
            storage?.Dispose();
            listener.Abandon();
            throw;
        }

        var broker = new EmbeddedBroker(storage, listener, logger);
        var parts = new BrokerParts(options, storage.ClusterId, "127.0.0.1", listener.Port, time, storage.Topics, storage.Groups, storage.Transactions);
        listener.Start(new RequestTable(parts));
        BrokerLog.Started(logger, broker.BootstrapServers, storage.Folder.Path, storage.Topics.All.Count(), storage.Topics.All.Sum(topic => topic.Partitions.Count));
        return broker;
    }
}
