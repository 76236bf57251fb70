using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Testing.Simulation.Log;
using UsageStreams.Streams.Testing.Simulation.Workers;

namespace UsageStreams.Streams.Testing.Simulation;

/// <summary>
/// One run: a log, producers and workers, moved on one by one by one seed. While a worker is inside a step, others may be moved on at any
/// point that it reaches, to any depth.
/// </summary>
internal sealed class SimulationRun
{
    private const string Application = "simulated";
    private const int LeastActions = 400;
    private const int MostActions = 4000;
    private const int AfterActions = 150;
    private const int MostQuietActions = 600;
    private const int MostRounds = 2000;
    private const int TakeoverPerMille = 600;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(40);

    private readonly SimulationScenario _scenario;
    private readonly int _restarts;
    private readonly List<InputProducer> _producers = [];
    private readonly WorkerFleet _fleet;

    public SimulationRun(SimulationScenario scenario, SimulationRandom random, SimulationOptions options)
    {
        _scenario = scenario;
        _restarts = options.Restarts;
        Random = random;
        FaultsOn = options.Faults;
        Faults = options.Mix ?? FaultMix.Draw(random);
        Breakage = options.Breakage;
        Trace = new SimulationTrace(options.TraceLength, Clock);
        Topology = scenario.Topology;
        Layout = new TopicLayout(Topology, Application, scenario.Topics);
        Log = new SimulatedLog(scenario.Topics, Layout.Create(), random, Clock);
        Log.Group.Subscription =
        [
            .. Topology.Graphs.Select(static g => g.Source.Topic!.Value.Resolve(Application))
                .SelectMany(topic => Enumerable.Range(0, Layout[topic]).Select(partition => new TopicPartition(topic, partition))),
        ];
        View = new SimulationView(Log, Application, Log.Group.Subscription);
        Options = new StreamsOptions
        {
            ApplicationId = Application,
            Connection = new KafkaConnection("simulated:1"),
            Guarantee = scenario.Guarantee,
            CommitInterval = TimeSpan.FromMilliseconds(random.Between(5, 60)),
            IdleTimeout = TimeSpan.FromMilliseconds(random.Between(200, 800)),
            SessionTimeout = TimeSpan.FromMilliseconds(random.Between(300, 900)),
            TransactionTimeout = TimeSpan.FromMilliseconds(random.Between(300, 2500)),
            CatchUpCommitInterval = TimeSpan.FromMilliseconds(random.Between(60, 300)),
            Standby = random.PerMille(300),
            ChangelogEndsInterval = TimeSpan.FromMilliseconds(random.Between(10, 150)),
        };
        _fleet = new WorkerFleet(this, random.Between(2, 4), options.KeepsState ?? random.PerMille(500));
    }

    public SimulationRandom Random { get; }

    public ManualTimeProvider Clock { get; } = new();

    public SimulationTrace Trace { get; }

    public SimulatedLog Log { get; }

    public Topology Topology { get; }

    public TopicLayout Layout { get; }

    public StreamsOptions Options { get; }

    public Breakage Breakage { get; }

    public SimulationView View { get; }

    public bool FaultsOn { get; private set; }

    /// <summary>How often which fault comes.</summary>
    public FaultMix Faults { get; }

    /// <summary>Batches of processes that are gone, still under way.</summary>
    public List<Action> Late { get; } = [];

    /// <summary>The longest time in which nothing was committed though something was there to be read.</summary>
    public TimeSpan LongestStall { get; private set; }

    public void Execute()
    {
        PrepareInput();
        for (int i = 0; i < MostActions && (i < LeastActions || _producers.Exists(static p => !p.IsDone)); i++)
            ActAndCheck(i);
        // Clocks go on without input: transactions that hold nothing that was read.
        for (int i = Random.Next(MostQuietActions); i > 0; i--)
            ActAndCheck(i);

        Settle("use up the input");
        var last = new InputProducer(this, "after");
        foreach (SimulatedDelivery delivery in _scenario.After)
            last.Write(delivery);
        Others(AfterActions);
        Settle("settle");
        _scenario.CheckAlways(View);
        _scenario.CheckAtEnd(View);
        for (int restart = 1; restart <= _restarts; restart++)
            Restart(restart);
    }

    /// <summary>Every worker ends and is started again, and nothing is written meanwhile.</summary>
    private void Restart(int number)
    {
        string before = View.Positions();
        _fleet.Kill();
        Settle("settle after a restart");
        if (View.Positions() is var after && after != before)
            throw new SimulationViolationException($"Restart {number} without input changed offsets from {before} to {after}.");
    }

    /// <summary>Perhaps something befalls the worker, or others go on before it does.</summary>
    public void Disturb(SimulatedWorker worker, Risk risk)
    {
        if (!FaultsOn)
            return;
        int roll = Random.Next(1000) / (int)risk;
        if ((roll -= Faults.Crashes) < 0)
        {
            Trace.Fault(worker.Name, "crash");
            worker.Kill();
        }
        else if ((roll -= Faults.Interleavings) < 0)
        {
            Trace.Fault(worker.Name, "interleaving");
            Others(Random.Between(1, 8));
        }
        else if ((roll -= Faults.Pauses) < 0 && _fleet.HasOther(worker))
        {
            Trace.Fault(worker.Name, "pause beyond the session");
            Pause(Options.SessionTimeout * (Random.Between(105, 200) / 100.0), longestTick: 60);
            // Often for so long that others take over, read on, commit, and delete what they have read.
            if (Random.PerMille(TakeoverPerMille))
                Pause(Options.SessionTimeout * (Random.Between(50, 200) / 100.0), longestTick: 12);
        }
        else if (roll == 0 && Random.PerMille(Faults.Supersessions))
        {
            Trace.Fault(worker.Name, "second process of a name");
            _fleet.Supersede(worker);
            Others(Random.Between(5, 30));
        }
    }

    /// <summary>Lets everyone but those that are inside a step go on.</summary>
    public void Others(int actions)
    {
        for (int i = 0; i < actions; i++)
            Act();
    }

    private void ActAndCheck(int number)
    {
        Act();
        if (number % 100 == 99)
            _scenario.CheckAlways(View);
    }

    /// <summary>One move of somebody.</summary>
    private void Act()
    {
        switch (Random.Next(20))
        {
            case < 9:
                _fleet.Step();
                break;
            case < 12:
                if (Log.Transactions.HasMarkers)
                    Log.Transactions.WriteMarker(Random);
                break;
            case < 14:
                _fleet.Transmit();
                break;
            case < 17:
                Random.Pick(_producers).Step();
                break;
            case 17 when Late.Count > 0:
                Arrive();
                break;
            case 18 when FaultsOn && Random.PerMille(Faults.Rebalances):
                Trace.Fault("group", "rebalance");
                Log.Group.Prepare(shuffle: true);
                break;
            case 19 when Log.Changelogs.Count > 0 && Random.PerMille(50):
                Trace.Event("broker", "compacts");
                Random.Pick(Log.Changelogs).Compact();
                break;
            default:
                Advance(TimeSpan.FromMilliseconds(Random.Next(12)));
                break;
        }
    }

    private void Pause(TimeSpan length, int longestTick)
    {
        TimeSpan until = Log.Now + length;
        while (Log.Now < until)
        {
            Advance(TimeSpan.FromMilliseconds(Random.Between(1, longestTick)));
            Others(Random.Between(1, 4));
        }
    }

    private void Arrive()
    {
        int index = Random.Next(Late.Count);
        Action batch = Late[index];
        Late.RemoveAt(index);
        try
        {
            batch();
            Trace.Fault("network", "late batch taken");
        }
        catch (TransactionFailure)
        {
            Trace.Fault("network", "late batch refused");
        }
    }

    private void Advance(TimeSpan by)
    {
        Clock.Advance(by);
        for (int expired = Log.Transactions.Expire(Log.Now, Options.TransactionTimeout); expired > 0; expired--)
            Trace.Fault("broker", "transaction timed out");
        for (int expired = Log.Group.Expire(Log.Now, Options.SessionTimeout); expired > 0; expired--)
            Trace.Fault("group", "member expelled");
        if (Log.Now - Log.Group.LastMove <= LongestStall)
            return;
        // Looked at only when it would be the longest, because it costs.
        if (View.IsUsedUp)
            Log.Group.LastMove = Log.Now;
        else
            LongestStall = Log.Now - Log.Group.LastMove;
    }

    /// <summary>Without faults, everyone in turn, until nothing has changed for longer than any time-out.</summary>
    private void Settle(string purpose)
    {
        bool faults = FaultsOn;
        FaultsOn = false;
        _fleet.EndSuperseded();
        Late.Clear();
        (int quiet, long last) = (0, 0);
        int needed = (int)(3 * Options.IdleTimeout / Tick) + 20;
        for (int round = 0; round < MostRounds; round++)
        {
            foreach (InputProducer producer in _producers)
                producer.Step();
            _fleet.StepAll();
            while (Log.Transactions.HasMarkers)
                Log.Transactions.WriteMarker(Random);
            Advance(Tick);
            long written = Log.Partitions.Sum(static p => p.Entries.Count(static e => e.IsCommitted));
            quiet = written == last && IsSettled() ? quiet + 1 : 0;
            last = written;
            if (quiet > needed)
            {
                FaultsOn = faults;
                return;
            }
        }

        throw new SimulationViolationException($"The application did not {purpose} within {MostRounds} rounds without faults: {View.Lag()}.");
    }

    private bool IsSettled() => _producers.TrueForAll(static p => p.IsDone) && Log.Transactions.IsQuiet && Log.Group.IsSettled && _fleet.IsRunning && View.IsUsedUp;

    private void PrepareInput()
    {
        var first = new InputProducer(this, "before");
        foreach (SimulatedDelivery delivery in _scenario.Before)
            first.Write(delivery);
        for (int i = 0; i < 2; i++)
            _producers.Add(new InputProducer(this, $"input-{i}"));
        foreach (SimulatedDelivery delivery in _scenario.Input)
            Random.Pick(_producers).Add(delivery);
    }
}
