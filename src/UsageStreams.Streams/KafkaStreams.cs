using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Streams.Faults;
using UsageStreams.Streams.Internal.Faults;
using UsageStreams.Streams.Internal.Native;
using UsageStreams.Streams.Internal.Queries;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.State;
using UsageStreams.Streams.Internal.Telemetry;
using UsageStreams.Streams.Queries;

namespace UsageStreams.Streams;

/// <summary>Runs a topology against Kafka, exactly once. Start it once; make a new one to start again.</summary>
public sealed class KafkaStreams : IAsyncDisposable
{
    private static readonly TimeSpan ReachTimeout = TimeSpan.FromSeconds(10);

    private readonly Topology _topology;
    private readonly StreamsOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly InstanceDirectory _instances = new();
    private readonly StoreRouter _stores;
    private readonly FaultMemory _faultMemory = new();
    private readonly PauseControl _pauses = new();
    private StateDirectory? _stateDirectory;
    private ThreadFleet? _fleet;
    private ITimer? _watchdog;
    private Task _groupWatch = Task.CompletedTask;
    private Task _instanceReader = Task.CompletedTask;
    private ApplicationTelemetry? _telemetry;

    /// <summary>Makes the application.</summary>
    /// <param name="topology">What to run.</param>
    /// <param name="options">How.</param>
    /// <param name="logger">Where it logs; null for nowhere.</param>
    /// <param name="clock">The machine's clock; null for the system's.</param>
    /// <exception cref="StreamsOptionsException">Options are wrong.</exception>
    public KafkaStreams(Topology topology, StreamsOptions options, ILogger<KafkaStreams>? logger = null, TimeProvider? clock = null)
    {
        options.Validate();
        if (options.StateDirectory is null && topology.Graphs.SelectMany(static g => g.Stores).FirstOrDefault(static s => s.IsOnDisk) is { } store)
            throw new StreamsOptionsException([$"{nameof(options.StateDirectory)} is null, and store '{store.Name}' keeps its values on disk; give a folder."]);
        _topology = topology;
        _options = options;
        _clock = clock ?? TimeProvider.System;
        _logger = logger ?? NullLogger<KafkaStreams>.Instance;
        _stores = new StoreRouter(topology, options, () => _fleet?.Threads ?? [], () => State, _instances);
    }

    /// <summary>Raised after each change, on the thread that caused it, one at a time. A handler must not block.</summary>
    public event Action<StateChange>? StateChanged;

    /// <summary>
    /// Raised while stores are restored, on the thread that restores them: several threads may raise it at once. Listen before the start. A handler must
    /// not block; what it throws stops the application.
    /// </summary>
    public event Action<RestoreProgress>? RestoreProgressed;

    /// <summary>Where the application is in its life.</summary>
    public StreamsState State { get; private set; }

    /// <summary>Ends when the application has stopped; faults with the error that stopped it.</summary>
    public Task Completion => _completion.Task;

    /// <summary>What the application did so far; refreshed after every batch.</summary>
    public StreamsMetrics Metrics => StreamsMetrics.Sum([.. (_fleet?.Contexts ?? []).Select(static t => t.Metrics.Snapshot)]);

    /// <summary>The threads and their tasks, with positions, ends and stores; refreshed as <see cref="Metrics"/> are.</summary>
    public IReadOnlyList<ThreadMetadata> ThreadMetadata => [.. (_fleet?.Threads ?? []).Select(static t => t.Metadata)];

    /// <summary>The instances that run tasks, this one included, as far as is known here; none without <see cref="StreamsOptions.ApplicationServer"/>.</summary>
    public IReadOnlyList<InstanceMetadata> AllInstances => _instances.Instances;

    /// <summary>Reads a store of this instance. May be called before the start; answers while the application runs.</summary>
    /// <param name="store">The handle that <c>Process</c> was given, or a table's <see cref="KTable{TKey, TValue}.Store"/>.</param>
    /// <exception cref="StreamsException">The topology has no such store.</exception>
    public StoreQuery<TKey, TValue> Store<TKey, TValue>(StoreBuilder<TKey, TValue> store)
        where TKey : notnull
    {
        _stores.SubTopologyOf(store);
        return new StoreQuery<TKey, TValue>(_stores, store);
    }

    /// <summary>
    /// Where a key lives. After an instance stopped its tasks belong to nobody until others took them; after one died it is still told for the time
    /// that the group needs to notice and others to restore.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="key">The key; of a windowed store, with any window.</param>
    /// <param name="partitioner">See <see cref="StoreQuery{TKey, TValue}.WithPartitioner"/>.</param>
    /// <exception cref="StoreUnavailableException">The application does not run.</exception>
    /// <exception cref="StreamsException">The topology has no such store, or it can't be known which partition the key is in.</exception>
    public KeyQueryMetadata QueryMetadataForKey<TKey, TValue>(StoreBuilder<TKey, TValue> store, TKey key, Partitioner<TKey>? partitioner = null)
        where TKey : notnull => _stores.Locate(_stores.TaskOf(store, key, partitioner));

    /// <summary>Checks the topics, makes the internal ones, and starts the threads. Returns before they run: wait for <see cref="State"/>.</summary>
    /// <exception cref="KafkaUnreachableException">No broker answers.</exception>
    /// <exception cref="StreamsException">A topic is missing, or has the wrong number of partitions, or may not be made.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (State != StreamsState.Created)
                throw new InvalidOperationException($"Application '{_options.ApplicationId}' is {State}; it can be started once. Make a new KafkaStreams.");
            Change(StreamsState.Rebalancing);
        }

        try
        {
            _logger.Starting(_options.ApplicationId, _options.Threads, _options.Connection);
            ConfluentClient.Check();
            await Task.Run(() => _options.Connection.EnsureReachable(ReachTimeout), cancellationToken);
            using IAdminClient admin = new ClientFactory(_options, 0, _logger).Admin();
            TopicLayout topics = await new TopicSetup(_topology, _options, admin, _clock, _logger).EnsureAsync(cancellationToken);
            LocalState? local = null;
            if (_options.StateDirectory is not null)
                (local, _stateDirectory) = await new LocalStateSetup(_topology, _options, admin).OpenAsync();
            _fleet = new ThreadFleet(_options, number => Context(number, topics, local), _logger, _clock, _stopping);
            _telemetry = new ApplicationTelemetry(_options.ApplicationId, _clock, _fleet);
            if (_options.ApplicationServer is not null)
                _instanceReader = new InstanceReader(new ClientFactory(_options, 0, _logger), _instances).RunAsync(_stopping.Token);
            // Only named instances can leave partitions without an owner.
            if (_options.InstanceId is not null)
                _groupWatch = Task.Run(() => new GroupWatch(new ClientFactory(_options, 0, _logger), Inputs(topics), _clock).RunAsync(_stopping.Token), CancellationToken.None);
            _watchdog = _clock.CreateTimer(static fleet => ((ThreadFleet)fleet!).CheckProgress(), _fleet, _options.MaxPollInterval / 4, _options.MaxPollInterval / 4);
            _fleet.Start();
        }
        catch (Exception e)
        {
            _stateDirectory?.Dispose();
            End(e);
            throw;
        }

        _ = WatchAsync(_fleet);
    }

    /// <summary>Starts another thread (KIP-663). The group gives it a part of the partitions.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="InvalidOperationException">The application does not run.</exception>
    public Task<int> AddThreadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Running().Add());
    }

    /// <summary>
    /// Stops the thread with the highest number (KIP-663): it commits, and the group gives its partitions to the others; at once, or, where
    /// <see cref="StreamsOptions.InstanceId"/> is given, after <see cref="StreamsOptions.SessionTimeout"/>.
    /// </summary>
    /// <returns>Its number.</returns>
    /// <exception cref="InvalidOperationException">The application does not run, or has one thread only.</exception>
    /// <exception cref="TimeoutException">The thread did not end within <see cref="StreamsOptions.StopTimeout"/>. It commits no more.</exception>
    public Task<int> RemoveThreadAsync(CancellationToken cancellationToken = default) => Running().RemoveAsync(_options.StopTimeout, cancellationToken);

    /// <summary>Sub-topologies that are paused.</summary>
    public IReadOnlyCollection<string> Paused => _pauses.Paused;

    /// <summary>
    /// Has this instance process nothing (KIP-834). Threads stay members of the group, and tasks go on to be restored. What is processed is committed.
    /// </summary>
    public void Pause() => _pauses.Pause(_topology.Graphs.Select(static g => g.Name));

    /// <summary>
    /// Has this instance process nothing of one sub-topology: nothing is read, no punctuation runs. Its stream time stands still, and what reads its
    /// repartition topics waits for it: it is not idle. Other instances go on. Takes effect after the batch at hand.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such sub-topology.</exception>
    public void Pause(string subTopology) => _pauses.Pause([Known(subTopology)]);

    /// <summary>Goes on with everything that is paused.</summary>
    public void Resume() => _pauses.Resume(_topology.Graphs.Select(static g => g.Name));

    /// <summary>Goes on with one sub-topology.</summary>
    /// <exception cref="ArgumentException">There is no such sub-topology.</exception>
    public void Resume(string subTopology) => _pauses.Resume([Known(subTopology)]);

    /// <summary>How the application is.</summary>
    /// <param name="maxLag">Records that may be unread for <see cref="StreamsHealth.Lag"/>; null for any number.</param>
    public StreamsHealth CheckHealth(long? maxLag = null) =>
        new HealthReport(State, Completion.Exception?.InnerException, _fleet?.Threads ?? [], Metrics).Make(maxLag);

    /// <summary>Commits what is processed, leaves the group and ends the threads. Stopping twice is harmless.</summary>
    /// <exception cref="TimeoutException">
    /// The drain took longer than <see cref="StreamsOptions.StopTimeout"/>: the state is <see cref="StreamsState.Error"/>, nothing is committed any
    /// more, and what was not will be read again. A thread that hangs in user code lives on until it comes back.
    /// </exception>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        bool started;
        lock (_lock)
        {
            started = _fleet is not null;
            if (State is StreamsState.Rebalancing or StreamsState.Running)
                Change(StreamsState.PendingShutdown);
        }

        await _stopping.CancelAsync();
        if (!started)
        {
            End(null);
            return;
        }

        // The error that ended the application, if any, is Completion's to tell.
        await Completion.WaitAsync(_options.StopTimeout, _clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (!Completion.IsCompleted)
        {
            var timeout = new TimeoutException(
                $"Application '{_options.ApplicationId}' did not drain within {_options.StopTimeout}. {_fleet!.GiveUp()} What it did not commit will be read again; "
                + "its transaction is aborted.");
            _logger.StopTimedOut(_options.ApplicationId, timeout.Message);
            End(timeout);
            throw timeout;
        }
    }

    /// <summary>Stops the application.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (TimeoutException)
        {
            // It is in the log, and Completion tells it; threads that hang still look at the token.
            return;
        }

        if (_fleet?.Completion.IsCompleted ?? true)
            _stopping.Dispose();
    }

    private async Task WatchAsync(ThreadFleet fleet)
    {
        await fleet.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_groupWatch, _instanceReader).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stateDirectory?.Dispose();
        End(fleet.Completion.Exception?.InnerException);
    }

    private ThreadFleet Running()
    {
        ThreadFleet? fleet = _fleet;
        return fleet is not null && State is StreamsState.Rebalancing or StreamsState.Running
            ? fleet
            : throw new InvalidOperationException($"Application '{_options.ApplicationId}' is {State}; threads come and go while it runs.");
    }

    private string Known(string subTopology) => _topology.Graphs.Any(g => g.Name == subTopology)
        ? subTopology
        : throw new ArgumentException(
            $"There is no sub-topology '{subTopology}'; there are {string.Join(", ", _topology.Graphs.Select(static g => $"'{g.Name}'"))}.", nameof(subTopology));

    private ThreadContext Context(int number, TopicLayout topics, LocalState? local)
    {
        var clients = new ClientFactory(_options, number, _logger);
        return new ThreadContext(number, _topology, topics, clients, _clock, ThreadChanged)
        {
            ClientId = clients.ClientId,
            Pauses = _pauses,
            LocalState = local,
            RestoreProgressed = RestoreProgressed,
            FaultMemory = _faultMemory,
        };
    }

    private Dictionary<string, int> Inputs(TopicLayout topics) => _topology.Graphs
        .Select(graph => graph.Source.Topic!.Value.Resolve(_options.ApplicationId))
        .ToDictionary(static topic => topic, topic => topics[topic], StringComparer.Ordinal);

    private void ThreadChanged()
    {
        lock (_lock)
        {
            if (State is not (StreamsState.Rebalancing or StreamsState.Running))
                return;
            StreamsState next = _fleet is { IsRunning: true } ? StreamsState.Running : StreamsState.Rebalancing;
            if (next != State)
                Change(next);
        }
    }

    private void End(Exception? failure)
    {
        lock (_lock)
        {
            if (State is StreamsState.NotRunning or StreamsState.Error)
                return;
            // Threads that hang past the bound of a stop still have their files open.
            if (_fleet is not { Completion.IsCompleted: false })
                _stateDirectory?.Dispose();
            Change(failure is null ? StreamsState.NotRunning : StreamsState.Error);
        }

        _watchdog?.Dispose();
        _telemetry?.Dispose();

        if (failure is null)
            _completion.TrySetResult();
        else
            _completion.TrySetException(failure);
    }

    private void Change(StreamsState next)
    {
        var change = new StateChange(State, next);
        State = next;
        _logger.StateChanged(_options.ApplicationId, next, change.Old);
        StateChanged?.Invoke(change);
    }
}
