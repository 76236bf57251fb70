using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Streams.Internal.Native;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.State;

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
    private StreamThread[] _threads = [];
    private StateDirectory? _stateDirectory;
    private Task _groupWatch = Task.CompletedTask;

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
    }

    /// <summary>Raised after each change, on the thread that caused it, one at a time. A handler must not block.</summary>
    public event Action<StateChange>? StateChanged;

    /// <summary>Where the application is in its life.</summary>
    public StreamsState State { get; private set; }

    /// <summary>Ends when the application has stopped; faults with the error that stopped it.</summary>
    public Task Completion => _completion.Task;

    /// <summary>What the application did so far; refreshed after every batch.</summary>
    public StreamsMetrics Metrics
    {
        get
        {
            StreamsMetrics[] threads = [.. _threads.Select(static t => t.Context.Metrics.Snapshot)];
            return new StreamsMetrics(
                threads.Sum(static m => m.RecordsConsumed),
                threads.Sum(static m => m.RecordsProduced),
                threads.Sum(static m => m.TransactionsCommitted),
                threads.Sum(static m => m.Recoveries),
                threads.Sum(static m => m.RecordsRestored),
                threads.Sum(static m => m.StaleRecordsDropped),
                [.. threads.SelectMany(static m => m.Tasks).OrderBy(static t => t.Id.SubTopology, StringComparer.Ordinal).ThenBy(static t => t.Id.Partition)]);
        }
    }

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
            _threads = [.. Enumerable.Range(0, _options.Threads).Select(number => new StreamThread(
                new ThreadContext(number, _topology, topics, new ClientFactory(_options, number, _logger), _clock, ThreadChanged) { LocalState = local }, _stopping.Token))];
            // Only named instances can leave partitions without an owner.
            if (_options.InstanceId is not null)
                _groupWatch = Task.Run(() => new GroupWatch(new ClientFactory(_options, 0, _logger), Inputs(topics), _clock).RunAsync(_stopping.Token), CancellationToken.None);
        }
        catch (Exception e)
        {
            End(e);
            throw;
        }

        foreach (StreamThread thread in _threads)
            thread.Start();
        _ = WatchAsync();
    }

    /// <summary>Commits what is processed, leaves the group and ends the threads. Stopping twice is harmless.</summary>
    /// <exception cref="TimeoutException">The drain took longer than <see cref="StreamsOptions.StopTimeout"/>; what was not committed will be read again.</exception>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        bool started;
        lock (_lock)
        {
            started = _threads.Length > 0;
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
            throw new TimeoutException(
                $"Application '{_options.ApplicationId}' did not drain within {_options.StopTimeout}. What it did not commit will be read again; "
                + "its transaction is aborted by the broker.");
        }
    }

    /// <summary>Stops the application.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        Task first = await Task.WhenAny(_threads.Select(static t => t.Completion));
        // One thread's failure for good stops the application: its partitions would only fail elsewhere.
        await _stopping.CancelAsync();
        await Task.WhenAll(_threads.Select(static t => t.Completion)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _groupWatch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task failed = first.IsFaulted ? first : _threads.Select(static t => t.Completion).FirstOrDefault(static t => t.IsFaulted) ?? first;
        End(failed.Exception?.InnerException);
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
            StreamsState next = _threads.All(static t => t.Context.IsRunning) ? StreamsState.Running : StreamsState.Rebalancing;
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
            _stateDirectory?.Dispose();
            Change(failure is null ? StreamsState.NotRunning : StreamsState.Error);
        }

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
