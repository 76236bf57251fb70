using UsageStreams.Streams.Internal.Faults;
using UsageStreams.Streams.Internal.Graph;
using UsageStreams.Streams.Internal.Queries;
using UsageStreams.Streams.Internal.State;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>What outlives a thread's sessions: its number, its metrics, and the pause before the next session.</summary>
internal sealed class ThreadContext(int thread, Topology topology, TopicLayout topics, ISessionConnector clients, TimeProvider clock, Action changed)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private TimeSpan _pause = FirstPause;

    public int Thread { get; } = thread;

    public Topology Topology { get; } = topology;

    public TopicLayout Topics { get; } = topics;

    public ISessionConnector Clients { get; } = clients;

    public TimeProvider Clock { get; } = clock;

    /// <summary>Where tasks keep state beside themselves; null for nowhere.</summary>
    public LocalState? LocalState { get; init; }

    public ThreadMetrics Metrics { get; } = new(clients.Options.ApplicationId);

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

    /// <summary>A commit went through: the next failure begins with a short pause again.</summary>
    public void Recovered() => _pause = FirstPause;

    /// <summary>The pause before the next session; each is twice the last, up to 10 s.</summary>
    public TimeSpan NextPause()
    {
        TimeSpan pause = _pause;
        _pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        return pause;
    }

    public void Report(bool running, IReadOnlyCollection<TaskSlot> slots, IGroupReader? reader)
    {
        Metrics.Publish(slots, reader);
        if (IsRunning == running)
            return;
        IsRunning = running;
        changed();
    }
}
