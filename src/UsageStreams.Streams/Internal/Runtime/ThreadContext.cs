using System.Diagnostics;
using Confluent.Kafka;
using UsageStreams.Streams.Internal.Faults;
using UsageStreams.Streams.Internal.Graph;
using UsageStreams.Streams.Internal.Queries;
using UsageStreams.Streams.Internal.State;
using UsageStreams.Streams.Internal.Telemetry;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>What outlives a thread's sessions: its number, its metrics, and the pause before the next session.</summary>
internal sealed class ThreadContext(int thread, Topology topology, TopicLayout topics, ISessionConnector clients, TimeProvider clock, Action changed)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private TimeSpan _pause = FirstPause;
    private long _progress = clock.GetTimestamp();
    private volatile bool _givenUp;
    private volatile string? _lastFailure;

    public int Thread { get; } = thread;

    public Topology Topology { get; } = topology;

    public TopicLayout Topics { get; } = topics;

    public ISessionConnector Clients { get; } = clients;

    public TimeProvider Clock { get; } = clock;

    /// <summary>Where tasks keep state beside themselves; null for nowhere.</summary>
    public LocalState? LocalState { get; init; }

    public ThreadMetrics Metrics { get; } = new();

    /// <summary>The thread's client, by which brokers know it.</summary>
    public string ClientId { get; init; } = $"{clients.Options.ApplicationId}-{thread}";

    /// <summary>Is told how restores go on; null when nobody listens.</summary>
    public Action<RestoreProgress>? RestoreProgressed { get; init; }

    /// <summary>Questions to the thread's tasks.</summary>
    public QueryMailbox Queries { get; } = new();

    /// <summary>What was decided about records that are to be read again; the threads of an instance share it.</summary>
    public FaultMemory FaultMemory { get; init; } = new();

    public ThreadFaults Faults => field ??= new ThreadFaults(Clients.Logger, Clock, FaultMemory, Metrics.Faults);

    /// <summary>Whether every task of the thread processes.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>What the threads of the application are asked to pause.</summary>
    public PauseControl Pauses { get; init; } = new();

    /// <summary>Why the thread began anew; null after its next commit.</summary>
    public string? LastFailure => _lastFailure;

    /// <summary>Time since the last batch was done, empty or not.</summary>
    public TimeSpan SinceProgress => Clock.GetElapsedTime(Volatile.Read(ref _progress));

    /// <summary>Whether that is longer than any batch may take: the thread hangs.</summary>
    public bool IsStalled => SinceProgress >= 2 * Clients.Options.MaxPollInterval;

    public void Progressed() => Volatile.Write(ref _progress, Clock.GetTimestamp());

    /// <summary>The stop's bound is over: nothing is committed any more.</summary>
    public void GiveUp() => _givenUp = true;

    /// <summary>Called before each step of a commit.</summary>
    public void ThrowIfGivenUp()
    {
        if (_givenUp)
            throw new TransactionFailure($"The thread did not end within {Clients.Options.StopTimeout} after it was stopped ({nameof(StreamsOptions.StopTimeout)}).");
    }

    public StreamThreadState State => IsRunning ? StreamThreadState.Running : LastFailure is not null ? StreamThreadState.Recovering : StreamThreadState.Rebalancing;

    public ThreadMetadata Metadata => new(Thread, ClientId, State, Metrics.Snapshot.Tasks);

    /// <summary>A commit went through: the next failure begins with a short pause again.</summary>
    public void Recovered()
    {
        _pause = FirstPause;
        _lastFailure = null;
    }

    /// <summary>The thread begins anew.</summary>
    public void Recovering(Exception failure)
    {
        _lastFailure = failure.Message;
        Metrics.Recovering();
    }

    /// <summary>The pause before the next session; each is twice the last, up to 10 s. None where nothing has to pass by itself.</summary>
    public TimeSpan NextPause()
    {
        if (Faults.IsRollingBack)
        {
            Faults.IsRollingBack = false;
            return TimeSpan.Zero;
        }

        TimeSpan pause = _pause;
        _pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        return pause;
    }

    /// <summary>Partitions come or go: counts it, and traces it until what is returned is disposed; null where nobody listens.</summary>
    public Activity? Rebalanced(RebalanceEvent what, IEnumerable<TopicPartition> partitions)
    {
        RebalanceMetrics counts = Metrics.Rebalances;
        Metrics.Rebalances = what switch
        {
            RebalanceEvent.Assigned => counts with { Assigned = counts.Assigned + 1 },
            RebalanceEvent.Revoked => counts with { Revoked = counts.Revoked + 1 },
            _ => counts with { Lost = counts.Lost + 1 },
        };
        return StreamsTraces.Rebalance(this, what.ToString().ToLowerInvariant(), partitions);
    }

    public void Report(bool running, IReadOnlyCollection<TaskSlot> slots, IGroupReader? reader)
    {
        Metrics.Publish(slots, reader, details: IsRunning != running);
        if (IsRunning == running)
            return;
        IsRunning = running;
        changed();
    }

    /// <summary>The application's state may be another now.</summary>
    public void Changed() => changed();
}
