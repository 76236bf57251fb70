using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Streams.Testing;

namespace UsageStreams.Topology.Tests.Support;

/// <summary>A topology that reads the ledger, in the driver, with one account "a0" and its contract.</summary>
internal sealed class LedgerRun : IDisposable
{
    private readonly TopologyTestDriver _driver;
    private readonly TestInputTopic<string, LedgerEntry> _ledger;
    private int _entries;

    public LedgerRun(Func<UsageSerdes, Streams.Topology> build, Contract? contract = null)
    {
        Serdes = new UsageSerdes(InMemoryRegistry.Client(), new UsageTopics());
        _driver = new TopologyTestDriver(build(Serdes), new TopologyTestDriverOptions { Clock = new ManualTimeProvider(References.Start.AddDays(60)) });
        _driver.CreateInputTopic(Topics.Contracts, Streams.Serdes.Utf8, Serdes.Contracts).Pipe("C-a0", contract ?? References.Contract("a0"));
        _driver.CreateInputTopic(Topics.Accounts, Streams.Serdes.Utf8, Serdes.Accounts).Pipe("a0", References.Account("a0"));
        _ledger = _driver.CreateInputTopic(Topics.Ledger, Streams.Serdes.Utf8, Serdes.Ledger);
    }

    public UsageSerdes Serdes { get; }

    public UsageTopics Topics => Serdes.Topics;

    public LedgerEntry Use(string metric, decimal quantity, DateTimeOffset windowStart, EntryKind kind = EntryKind.Final, DateTimeOffset? bookedIn = null)
    {
        var id = $"{++_entries}";
        var entry = new LedgerEntry
        {
            Id = new WindowKey("a0", "C-a0", metric, 1, windowStart.ToUnixTimeMilliseconds()).EntryId(_entries),
            Account = "a0",
            Contract = "C-a0",
            Metric = metric,
            MetricVersion = 1,
            WindowStart = windowStart,
            WindowEnd = windowStart.AddHours(1),
            Quantity = quantity,
            Total = quantity,
            Count = 1,
            First = windowStart,
            Last = windowStart.AddMinutes(3),
            Revision = 1,
            Kind = kind,
            BookedIn = bookedIn,
            Sources = [],
            Digest = EventDigest.Of("t0", "web", id).ToBytes(),
            Trace = new Trace { CorrelationId = $"c{id}", Traceparent = null },
        };
        _ledger.Pipe("a0", entry);
        return entry;
    }

    /// <summary>The only metering task says that every window before a time is in the ledger.</summary>
    public void Pass(DateTimeOffset time) => Pass(time, "partials/0/1");

    /// <summary>A task that writes to the ledger says so.</summary>
    public void Pass(DateTimeOffset time, string upstream) => _ledger.PipeWatermark(0, time.ToUnixTimeMilliseconds(), upstream);

    /// <summary>Lets the wall clock go on.</summary>
    public void Wait(TimeSpan time) => _driver.AdvanceWallClock(time);

    public void Crash() => _driver.Restart();

    public void Pipe<T>(string topic, ISerde<T> serde, string key, T value) => _driver.CreateInputTopic(topic, Streams.Serdes.Utf8, serde).Pipe(key, value);

    public IReadOnlyList<T> Values<T>(string topic, ISerde<T> serde) =>
        [.. _driver.CreateOutputTopic(topic, Streams.Serdes.Utf8, serde).ReadAll().Select(record => record.Value!)];

    public void Dispose() => _driver.Dispose();
}
