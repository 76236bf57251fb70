using Confluent.Kafka;
using UsageStreams.Avro.Registry;
using UsageStreams.Model;
using UsageStreams.Producer.Internal;

namespace UsageStreams.Producer;

/// <summary>
/// Publishes usage events: checked by metering's own rules, under the tenant as key, in the registered schema, with the headers that follow an event to the
/// last system, acknowledged by all replicas in sync. Safe to share between threads; one per process is enough.
/// </summary>
/// <remarks>
/// <para>An event that Kafka did not acknowledge fails with <see cref="UsageDeliveryException"/>. Publish the same event again, with its id and its time: whether
/// the first arrived or not, it is counted once.</para>
/// <para>The queue is bounded. Who publishes while it is full waits: asynchronously, and in order.</para>
/// </remarks>
public sealed class UsageProducer : IAsyncDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    private readonly UsageProducerOptions _options;
    private readonly SchemaRegistryClient _registry;
    private readonly EventWriter _writer;
    private readonly Room _room;
    private readonly ProducerMetrics _metrics;
    private readonly Lock _gate = new();
    private readonly List<Task> _retiring = [];
    private KafkaClient _client;
    private bool _disposed;

    private UsageProducer(UsageProducerOptions options, SchemaRegistryClient registry, AvroRecordSerializer<UsageEvent> serializer)
    {
        (_options, _registry) = (options, registry);
        _writer = new EventWriter(serializer, options.MaxEventBytes);
        _room = new Room(options.MaxQueuedEvents, options.MaxQueuedBytes);
        _metrics = new ProducerMetrics(options.Topic, _room);
        _client = new KafkaClient(options);
    }

    /// <summary>Events on their way.</summary>
    public int Queued => _room.Events;

    /// <summary>Events on their way, at most.</summary>
    public int MaxQueuedEvents => _options.MaxQueuedEvents;

    /// <summary>Bytes of the events on their way, at most.</summary>
    public long MaxQueuedBytes => _options.MaxQueuedBytes;

    /// <summary>Registers the schema, looks for the topic, and is ready to publish.</summary>
    /// <param name="options">How to publish.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UsageProducerException">An option is out of its range; no broker answers within 10 s; the topic does not exist.</exception>
    /// <exception cref="SchemaRegistryException">The registry can't be reached, or refuses the schema.</exception>
    public static async Task<UsageProducer> ConnectAsync(UsageProducerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var registry = new SchemaRegistryClient(options.Registry, options.RegistryOptions);
        UsageProducer? producer = null;
        try
        {
            var serializer = new AvroRecordSerializer<UsageEvent>(registry, options.Topic + "-value");
            await Task.Run(() => serializer.Register(cancellationToken), cancellationToken);
            producer = new UsageProducer(options, registry, serializer);
            await Task.Run(producer.FindTopic, cancellationToken);
            return producer;
        }
        catch
        {
            if (producer is not null)
                await producer.DisposeAsync();
            registry.Dispose();
            throw;
        }
    }

    /// <summary>Publishes an event and waits until it stands on all replicas in sync.</summary>
    /// <param name="usage">The event.</param>
    /// <param name="traceparent">W3C trace context; by default that of <see cref="System.Diagnostics.Activity.Current"/>, else one computed from source and id. One that is not valid is ignored.</param>
    /// <param name="cancellationToken">Ends the waiting; the event may arrive nevertheless once it is on its way.</param>
    /// <exception cref="InvalidUsageEventException">The event breaks a rule; nothing was sent.</exception>
    /// <exception cref="UsageDeliveryException">It was not acknowledged; publish it again, with the same id.</exception>
    public async Task<UsageDelivery> PublishAsync(UsageEvent usage, string? traceparent = null, CancellationToken cancellationToken = default) =>
        await (await EnqueueAsync(usage, traceparent, cancellationToken)).WaitAsync(cancellationToken);

    /// <summary>Puts an event into the queue, waiting for room: for those who publish many and look at the results later.</summary>
    /// <param name="usage">The event.</param>
    /// <param name="traceparent">As for <see cref="PublishAsync"/>.</param>
    /// <param name="cancellationToken">Ends the waiting for room; then nothing was sent.</param>
    /// <returns>The delivery, which fails with <see cref="UsageDeliveryException"/>; it must be looked at.</returns>
    /// <exception cref="InvalidUsageEventException">The event breaks a rule; nothing was sent.</exception>
    public async ValueTask<Task<UsageDelivery>> EnqueueAsync(UsageEvent usage, string? traceparent = null, CancellationToken cancellationToken = default)
    {
        if (!TryPrepare(usage, traceparent, out var prepared, out var fault))
            throw new InvalidUsageEventException(fault);
        await _room.TakeAsync(prepared.Size, cancellationToken);
        return Send(prepared);
    }

    /// <summary>Takes an event back: it is counted no more. The retraction is an event of its own, with an id of its own.</summary>
    /// <param name="published">The event as it was published.</param>
    /// <param name="id">Id of the retraction; the same when it is tried again.</param>
    /// <param name="time">When it was taken back; the same when it is tried again, for another time is another content.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="InvalidUsageEventException">The retraction breaks a rule; nothing was sent.</exception>
    /// <exception cref="UsageDeliveryException">It was not acknowledged; retract again, with the same id and time.</exception>
    public Task<UsageDelivery> RetractAsync(UsageEvent published, string id, DateTimeOffset time, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(published);
        return PublishAsync(published with { Id = id, Time = time, Retracts = published.Id, Amends = null, Quantity = null }, cancellationToken: cancellationToken);
    }

    /// <summary>Puts an event in the place of another one of the same tenant and source.</summary>
    /// <param name="amendment">The event as it should have been, with an id of its own.</param>
    /// <param name="publishedId">Id of the event that it takes the place of.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="InvalidUsageEventException">The amendment breaks a rule; nothing was sent.</exception>
    /// <exception cref="UsageDeliveryException">It was not acknowledged; amend again, with the same id.</exception>
    public Task<UsageDelivery> AmendAsync(UsageEvent amendment, string publishedId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(amendment);
        return PublishAsync(amendment with { Amends = publishedId, Retracts = null }, cancellationToken: cancellationToken);
    }

    /// <summary>Checks an event and writes it in its schema, without sending it; for <see cref="TrySend"/>.</summary>
    /// <param name="usage">The event.</param>
    /// <param name="traceparent">As for <see cref="PublishAsync"/>.</param>
    /// <param name="prepared">The event, ready to be sent.</param>
    /// <param name="fault">The rule that it breaks.</param>
    /// <returns>False when it breaks a rule.</returns>
    public bool TryPrepare(UsageEvent usage, string? traceparent, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PreparedEvent? prepared, out EventFault fault)
    {
        ArgumentNullException.ThrowIfNull(usage);
        prepared = null;
        var broken = UsageEventRules.Check(usage) ?? UsageEventRules.CheckTime(usage, _options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds());
        fault = broken ?? default;
        if (broken is null)
            prepared = _writer.Write(usage, traceparent, out fault);
        if (prepared is null)
            _metrics.Refused(fault.Code);
        return prepared is not null;
    }

    /// <summary>Sends events together, when there is room for all of them now; else none is sent. For those who pass the back-pressure on.</summary>
    /// <param name="events">The events.</param>
    /// <param name="deliveries">A delivery for each, in their order; each fails with <see cref="UsageDeliveryException"/> and must be looked at.</param>
    /// <returns>False when there was no room.</returns>
    public bool TrySend(IReadOnlyList<PreparedEvent> events, out IReadOnlyList<Task<UsageDelivery>> deliveries)
    {
        ArgumentNullException.ThrowIfNull(events);
        deliveries = [];
        if (!_room.TryTake(events.Count, events.Sum(static prepared => (long)prepared.Size)))
            return false;
        deliveries = [.. events.Select(Send)];
        return true;
    }

    /// <summary>Waits until every event that is on its way is acknowledged or has failed.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task FlushAsync(CancellationToken cancellationToken = default) => Task.Run(() => Client().Flush(cancellationToken), cancellationToken);

    /// <summary>Asks the brokers whether they are there.</summary>
    /// <param name="timeout">How long to wait for an answer.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Null when they are, and the topic is; else what is wrong.</returns>
    public Task<string?> ProbeAsync(TimeSpan timeout, CancellationToken cancellationToken = default) => Task.Run(
        () =>
        {
            try
            {
                var topic = Client().Ask(_options.Topic, timeout).Single();
                return topic.Error.IsError ? $"Kafka says of {_options.Topic}: {topic.Error.Reason}" : null;
            }
            catch (KafkaException error)
            {
                return Unreachable(error, timeout).Message;
            }
        },
        cancellationToken);

    /// <summary>Waits until every event that is on its way is acknowledged or has failed, at most <see cref="UsageProducerOptions.DeliveryTimeout"/>, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] retiring;
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            _retiring.Add(RetireAsync(_client));
            retiring = [.. _retiring];
        }

        await Task.WhenAll(retiring);
        _metrics.Dispose();
        _registry.Dispose();
    }

    private void FindTopic()
    {
        try
        {
            // All topics: asking for one by its name may create it.
            if (Client().Ask(topic: null, ConnectLimit).All(topic => topic.Topic != _options.Topic))
                throw new UsageProducerException($"Kafka at {_options.BootstrapServers} has no topic {_options.Topic}. Create it, with its retention on purpose: usagestreams topics create.");
        }
        catch (KafkaException error)
        {
            throw Unreachable(error, ConnectLimit);
        }
    }

    private UsageProducerException Unreachable(KafkaException error, TimeSpan limit) => new(
        $"No Kafka broker answers at {_options.BootstrapServers} within {limit.TotalSeconds:0.#} s: {Client().LastError ?? error.Error.Reason}. "
        + "Check the address, that the broker runs, and, where it is secured, the security settings.",
        error);

    // Its places are taken.
    private Task<UsageDelivery> Send(PreparedEvent prepared)
    {
        var pending = new Pending(prepared.Size, _options.TimeProvider.GetTimestamp());
        try
        {
            Client().Produce(_options.Topic, prepared.Message, report => Finish(pending, report));
        }
        catch (Exception error) when (error is KafkaException or ObjectDisposedException)
        {
            _room.Give(1, pending.Size);
            Fail(pending, error is KafkaException refused ? refused.Error : new Error(ErrorCode.Local_Destroy, "the producer was disposed"), PersistenceStatus.NotPersisted, error);
        }

        return pending.Task;
    }

    private void Finish(Pending pending, DeliveryReport<byte[], byte[]> report)
    {
        _room.Give(1, pending.Size);
        if (report.Error.IsError)
        {
            Fail(pending, report.Error, report.Status, cause: null);
            return;
        }

        _metrics.Acknowledged(_options.TimeProvider.GetElapsedTime(pending.Start));
        pending.SetResult(new UsageDelivery(report.Topic, report.Partition.Value, report.Offset.Value));
    }

    private void Fail(Pending pending, Error error, PersistenceStatus status, Exception? cause)
    {
        _metrics.Failed(error.Code.ToString());
        var certain = status == PersistenceStatus.NotPersisted;
        var arrival = certain ? "It did not arrive" : "It may have arrived nevertheless";
        pending.SetException(new UsageDeliveryException(
            error.Code.ToString(),
            $"Kafka at {_options.BootstrapServers} did not acknowledge the event for {_options.Topic}: {error.Reason} ({error.Code}). {arrival}; publish it again with the same id, and it is counted once.",
            !certain, cause));
    }

    // A client that can't go on is replaced; what it has on its way still ends by itself.
    private KafkaClient Client()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_client.IsBroken)
                return _client;
            _retiring.RemoveAll(static task => task.IsCompleted);
            _retiring.Add(RetireAsync(_client));
            return _client = new KafkaClient(_options);
        }
    }

    private Task RetireAsync(KafkaClient client) => Task.Run(() =>
    {
        // Each record is reported by its delivery timeout; the rest is for the client's own clock.
        client.Flush(_options.DeliveryTimeout + TimeSpan.FromSeconds(5));
        client.Dispose();
    });
}
