using UsageStreams.Avro;
using UsageStreams.Model;
using UsageStreams.Oracle.Load;
using UsageStreams.Oracle.Naive;
using UsageStreams.Streams;
using UsageStreams.Streams.Testing;
using UsageStreams.Topology;
using UsageStreams.Topology.Metering;

namespace UsageStreams.Oracle.Run;

/// <summary>Plays a load to the metering topology in the driver.</summary>
internal sealed class MeteringPlay : IDisposable
{
    private const int MostRounds = 1_000;
    private const int QuietRounds = 3;

    private readonly UsageSerdes _serdes = new(TestRegistry.Client(), new UsageTopics());
    private readonly UsageLoad _load;
    private readonly TopologyTestDriver _driver;
    private readonly TestInputTopic<string, UsageEvent> _events;
    private readonly Dictionary<Type, Action<object>> _references;
    private readonly TestOutputTopic<string, LedgerEntry> _ledger;
    private readonly TestOutputTopic<string, EventOutcomes> _outcomes;
    private readonly List<LedgerEntry> _entries = [];

    private MeteringPlay(UsageLoad load)
    {
        _load = load;
        var topics = _serdes.Topics;
        _driver = new TopologyTestDriver(MeteringTopology.Build(_serdes), new TopologyTestDriverOptions
        {
            ApplicationId = topics.MeteringApplication,
            Partitions = load.Partitions,
            PartitionsOf = new[] { topics.Tenants, topics.Accounts, topics.Contracts, topics.Metrics, topics.Products }.ToDictionary(static topic => topic, static _ => 1, StringComparer.Ordinal),
            CommitAfterEachRecord = false,
            Clock = new ManualTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(load.Steps.Min(static step => step.At))),
            // A partition of a small load may be silent for hours; which windows are late is not what is looked at.
            IdleTimeout = TimeSpan.FromDays(1000),
        });
        _events = _driver.CreateInputTopic(topics.Events, Serdes.Utf8, Serde<UsageEvent>(topics.Events));
        _ledger = Output<LedgerEntry>(topics.Ledger);
        _outcomes = Output<EventOutcomes>(topics.Outcomes);
        _references = new Dictionary<Type, Action<object>>
        {
            [typeof(Tenant)] = Table<Tenant>(topics.Tenants, static tenant => tenant.Id),
            [typeof(Account)] = Table<Account>(topics.Accounts, static account => account.Id),
            [typeof(Contract)] = Table<Contract>(topics.Contracts, static contract => contract.Id),
            [typeof(Metric)] = Table<Metric>(topics.Metrics, static metric => $"{metric.Code}@{metric.Version}"),
            [typeof(Product)] = Table<Product>(topics.Products, static product => product.Id),
        };
    }

    /// <summary>Plays a load to its end and gives what it came to, and the ledger's entries.</summary>
    public static (Books Books, IReadOnlyList<LedgerEntry> Entries) Of(UsageLoad load)
    {
        using var play = new MeteringPlay(load);
        foreach (var step in load.Steps) play.Do(step);
        play.Finish();
        return (play.Read(), play._entries);
    }

    public void Dispose() => _driver.Dispose();

    private void Do(LoadStep step)
    {
        _driver.Clock.Advance(DateTimeOffset.FromUnixTimeMilliseconds(step.At) - _driver.Clock.GetUtcNow());
        switch (step)
        {
            case EventArrives arrives: _events.Pipe(arrives.Key, arrives.Event, partition: PartitionOf(arrives)); break;
            case GarbageArrives garbage: _events.PipeRaw(System.Text.Encoding.UTF8.GetBytes(garbage.Key), garbage.Value); break;
            case ReferenceArrives reference: _references[reference.Record.GetType()](reference.Record); break;
            case Commits: _driver.AdvanceWallClock(TimeSpan.Zero); break;
            case Crashes: _driver.Restart(); break;
            default: throw new InvalidOperationException($"The play doesn't know what to do at a step '{step.GetType().Name}'.");
        }
    }

    private int PartitionOf(EventArrives arrives)
    {
        var home = Partitioners.Murmur2(arrives.Key, _load.Partitions);
        return arrives.IsAstray ? (home + 1) % _load.Partitions : home;
    }

    /// <summary>Lets everything be done that is still to be done, then says that nothing more will come, so that every window closes.</summary>
    private void Finish()
    {
        Settle();
        var end = _load.Steps.OfType<EventArrives>().Max(static arrives => arrives.Event.Time.ToUnixTimeMilliseconds()) + (2 * LoadClock.Day);
        for (var partition = 0; partition < _load.Partitions; partition++) _events.PipeWatermark(partition, end);
        Settle();
    }

    private void Settle()
    {
        for (int round = 0, quiet = 0; quiet < QuietRounds; round++)
        {
            if (round == MostRounds) throw new InvalidOperationException($"Metering is still at work {MostRounds} seconds after the last event.");
            _driver.AdvanceWallClock(TimeSpan.FromSeconds(1));
            var entries = _ledger.ReadAll();
            _entries.AddRange(entries.Select(static entry => entry.Value!));
            quiet = entries.Count + _outcomes.ReadAll().Count == 0 ? quiet + 1 : 0;
        }
    }

    private Books Read() => BooksOfTopology.Of(
        _entries,
        _outcomes.ReadTable(),
        Output<RunningTotal>(_serdes.Topics.Running).ReadTable().Select(static entry => entry.Value),
        Output<UsageException>(_serdes.Topics.Exceptions).ReadTable().Select(static entry => entry.Value));

    private TestOutputTopic<string, T> Output<T>(string topic)
        where T : class, IAvroRecord<T> => _driver.CreateOutputTopic(topic, Serdes.Utf8, Serde<T>(topic));

    private Action<object> Table<T>(string topic, Func<T, string> key)
        where T : class, IAvroRecord<T>
    {
        var input = _driver.CreateInputTopic(topic, Serdes.Utf8, Serde<T>(topic));
        return record => input.Pipe(key((T)record), (T)record);
    }

    private AvroSerde<T> Serde<T>(string topic)
        where T : class, IAvroRecord<T> => new(_serdes.Registry, topic + "-value");
}
