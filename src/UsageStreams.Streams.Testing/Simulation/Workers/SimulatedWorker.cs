using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.State;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Testing.Simulation.Disks;
using UsageStreams.Streams.Testing.Simulation.Log;

namespace UsageStreams.Streams.Testing.Simulation.Workers;

/// <summary>How likely it is that something happens at a point.</summary>
internal enum Risk
{
    /// <summary>Passed for each record.</summary>
    Record = 1,

    /// <summary>Passed for each slice of a restore.</summary>
    Read = 3,

    /// <summary>Passed once in a commit or a rebalance.</summary>
    Step = 8,
}

/// <summary>A process that runs the engine's own sessions, one after the other, step by step.</summary>
internal sealed class SimulatedWorker : ISessionConnector, ISessionClients
{
    // Time-out, coordinator moved, fenced, and to be aborted.
    private static readonly ErrorCode[] Failures =
        [ErrorCode.Local_TimedOut, ErrorCode.NotCoordinatorForGroup, ErrorCode.Local_Fenced, ErrorCode.ConcurrentTransactions];

    private readonly ThreadContext _context;
    private readonly Dictionary<TopicPartition, long> _starts = [];
    private StreamSession? _session;
    private SimulatedReader? _reader;
    private bool _begun;
    private TimeSpan _notBefore;

    public SimulatedWorker(SimulationRun run, string name, string? instance, SimulatedDisk? disk)
    {
        Run = run;
        Name = name;
        Instance = instance;
        Options = run.Options with { BeforeCommitStep = step => Reach(StepName(step), Risk.Step) };
        Logger = new TraceLogger(run.Trace, name);
        _context = new ThreadContext(0, run.Topology, run.Layout, this, run.Clock, static () => { })
        {
            LocalState = disk is null ? null : new LocalState(disk, TimeSpan.FromDays(1), static topic => topic),
        };
    }

    public SimulationRun Run { get; }

    /// <summary>Its transactional id.</summary>
    public string Name { get; }

    public string? Instance { get; }

    public StreamsOptions Options { get; }

    public ILogger Logger { get; }

    public ISimulatedProducer? Producer { get; private set; }

    public bool IsDead { get; private set; }

    /// <summary>Another process of the same name was started: this one ends when it notices.</summary>
    public bool IsSuperseded { get; set; }

    /// <summary>Whether it is somewhere inside a step while others go on.</summary>
    public bool IsInside { get; private set; }

    public bool IsRunning => _context.IsRunning;

    public TimeSpan DiedAt { get; private set; }

    public ISessionClients Connect() => this;

    public SessionOutput Output(TopicLayout topics)
    {
        SessionOutput output = Options.Guarantee == ProcessingGuarantee.ExactlyOnce ? new SimulatedOutput(this, topics) : new SimulatedPlainOutput(this, topics);
        Producer = (ISimulatedProducer)output;
        return output;
    }

    public ICatchUpReader CatchUp(string purpose, bool follow) => new SimulatedCatchUp(this, purpose, follow);

    public IPastReader Past(TopicPartition partition, PastRequest request) => new SimulatedPast(this, partition, request);

    /// <summary>The answer is that of now, and comes at any time from now on.</summary>
    public Task<IReadOnlyDictionary<TopicPartition, long>> EndsAsync(IReadOnlyList<TopicPartition> partitions)
    {
        var answer = new TaskCompletionSource<IReadOnlyDictionary<TopicPartition, long>>();
        var ends = partitions.ToDictionary(static p => p, p => Run.Log[p].HighWatermark);
        if (Run.FaultsOn && Run.Random.PerMille(500))
            Run.Late.Add(() => answer.SetResult(ends));
        else
            answer.SetResult(ends);
        return answer.Task;
    }

    public IGroupReader Join(StreamSession session, IEnumerable<string> topics) => _reader = new SimulatedReader(this, session);

    public IRepartitionPurge Purge() => new SimulatedPurge(this);

    public void Started(TopicPartition partition, long offset) => _starts[partition] = offset;

    public long StartOf(TopicPartition partition) => _starts.GetValueOrDefault(partition);

    public void Dispose()
    {
    }

    /// <summary>Makes a session, begins it, or lets it do one batch.</summary>
    public void Step()
    {
        if (Run.Log.Now < _notBefore)
            return;
        IsInside = true;
        try
        {
            RunStep();
        }
        catch (WorkerCrash)
        {
            Forget();
        }
        finally
        {
            IsInside = false;
        }

        if (IsDead)
            Forget();
    }

    public void Kill()
    {
        if (IsDead)
            return;
        IsDead = true;
        DiedAt = Run.Log.Now;
        if (!IsInside)
            Forget();
    }

    /// <summary>A point at which anything may happen before the worker goes on.</summary>
    public void Reach(string point, Risk risk)
    {
        if (IsDead)
            throw new WorkerCrash();
        Heartbeat();
        Run.Trace.Event(Name, point);
        Run.Disturb(this, risk);
        if (IsDead)
            throw new WorkerCrash();
    }

    /// <summary>The call may fail instead of being done, or its answer be lost after it was.</summary>
    public void MayFail(string step, string kind)
    {
        if (!Run.FaultsOn || !Run.Random.PerMille(Run.Faults.Failures))
            return;
        Run.Trace.Fault(Name, kind);
        throw TransactionFailure.Of(step, new KafkaException(new Error(Run.Random.Pick(Failures), "a fault of the simulation")));
    }

    /// <summary>The worker waits for something that others must do.</summary>
    public void Wait()
    {
        Run.Others(Run.Random.Between(1, 4));
        if (IsDead)
            throw new WorkerCrash();
        Heartbeat();
    }

    private void RunStep()
    {
        try
        {
            if (_session is null)
            {
                _starts.Clear();
                _begun = false;
                _session = new StreamSession(_context);
            }
            else if (!_begun)
            {
                _session.Begin(CancellationToken.None);
                _begun = true;
            }
            else
            {
                _session.Step();
            }
        }
        catch (Exception e) when (e is TransactionFailure or RetriableException)
        {
            Recover(e);
        }
        catch (Exception e) when (e is not (WorkerCrash or SimulationViolationException))
        {
            throw new SimulationViolationException($"Worker {Name} stopped for good: {e.Message}", e);
        }
    }

    /// <summary>What the runtime's thread does: give up, pause, begin anew.</summary>
    private void Recover(Exception failure)
    {
        Run.Trace.Event(Name, "recover");
        Run.Trace.Note(Name, failure.Message);
        _session!.Abandon();
        _session.Dispose();
        _context.Report(running: false, [], null);
        _session = null;
        _notBefore = Run.Log.Now + _context.NextPause();
        if (IsSuperseded)
            Kill();
    }

    private void Forget()
    {
        if (_session is null)
            return;
        Run.Trace.Event(Name, "is dead");
        if (Producer?.InFlight(Run.Random.Next(4)) is { } late)
            Run.Late.Add(late);
        _session = null;
        _reader = null;
    }

    private void Heartbeat()
    {
        if (_reader is not null)
            _reader.Member.LastSeen = Run.Log.Now;
    }

    private static string StepName(CommitStep step) => step switch
    {
        CommitStep.Produce => "before produce",
        CommitStep.Flush => "before flush",
        CommitStep.SendOffsets => "before offsets",
        CommitStep.Commit => "before commit",
        _ => "before acknowledge",
    };

    /// <summary>Deletes what was read of repartition topics, at times of its own.</summary>
    private sealed class SimulatedPurge(SimulatedWorker worker) : IRepartitionPurge
    {
        public bool IsDue => worker.Run.Random.PerMille(worker.Run.Faults.Purges);

        public void Start(List<TopicPartitionOffset> committed)
        {
            foreach (TopicPartitionOffset offset in committed)
                worker.Run.Log[offset.TopicPartition].DeleteBelow(offset.Offset.Value);
        }
    }
}
