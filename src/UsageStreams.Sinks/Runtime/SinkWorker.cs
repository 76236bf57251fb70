using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using UsageStreams.Model;
using UsageStreams.Sinks.Telemetry;
using UsageStreams.Streams;

namespace UsageStreams.Sinks.Runtime;

/// <summary>
/// Delivers the documents of a topic to one remote system and writes a receipt for each. Documents of an account keep their order;
/// others don't wait for them. Every document ends in one record at the remote system and an accepted or refused receipt, through
/// crashes too: receipts and read offsets are one Kafka transaction, and what was delivered before a crash is found again by its
/// external id. A system that is down is waited for; a refused document blocks nobody.
/// </summary>
/// <typeparam name="TDocument">What is delivered.</typeparam>
public sealed class SinkWorker<TDocument>
{
    private readonly SinkWorkerOptions _options;
    private readonly KafkaConnection _connection;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Courier<TDocument> _courier;
    private readonly SinkSessionParts<TDocument> _parts;

    /// <summary>A worker; nothing is opened before <see cref="RunAsync"/>.</summary>
    /// <param name="options">What it reads and writes.</param>
    /// <param name="connection">Where Kafka is.</param>
    /// <param name="kind">What the documents are, of <see cref="DocumentKinds"/>.</param>
    /// <param name="documents">How documents are read.</param>
    /// <param name="receipts">How receipts are written.</param>
    /// <param name="connector">The remote system; the caller disposes it.</param>
    /// <param name="logger">Where to log.</param>
    /// <param name="timeProvider">Clock of receipts and waits; default the system's.</param>
    /// <exception cref="SinkStoppedException">The options are not valid.</exception>
    public SinkWorker(
        SinkWorkerOptions options,
        KafkaConnection connection,
        DocumentKind<TDocument> kind,
        ISerde<TDocument> documents,
        ISerde<Receipt> receipts,
        IConnector<TDocument> connector,
        ILogger logger,
        TimeProvider? timeProvider = null)
    {
        _options = options.Validated();
        _connection = connection;
        _clock = timeProvider ?? TimeProvider.System;
        _logger = logger;
        _courier = new Courier<TDocument>(connector, options, _clock, logger);
        _parts = new SinkSessionParts<TDocument>(
            connector.System,
            $"{options.GroupId}-{options.InstanceName ?? Guid.NewGuid().ToString("N")}",
            options,
            new RecordReader<TDocument>(kind, documents),
            _courier,
            partitions => new ReceiptWriter<TDocument>(connector.System, options.ReceiptsTopic, partitions, receipts, _clock),
            logger);
    }

    /// <summary>Works until cancelled; then takes nothing new, finishes what is under way within the drain time, and returns.</summary>
    /// <exception cref="SinkStoppedException">Nothing can be delivered until a person changes something.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        SinkLog.Started(_logger, _parts.System, _options.Topic, _options.GroupId, _options.InstanceName);
        try
        {
            await _courier.SignInAsync(cancellationToken);
            while (!cancellationToken.IsCancellationRequested)
            {
                await Task.Factory.StartNew(() => RunSession(cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                await Task.Delay(_options.ReconnectDelay, _clock, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop while waiting: there is nothing under way.
        }

        SinkLog.Stopped(_logger, _parts.System);
    }

    private void RunSession(CancellationToken stopping)
    {
        try
        {
            using var session = new SinkSession<TDocument>(_connection, _parts);
            session.Run(stopping);
        }
        catch (Exception error) when (error is KafkaException or RetriableException)
        {
            SinkLog.Reconnects(_logger, error, _parts.System, _options.ReconnectDelay);
        }
    }
}
