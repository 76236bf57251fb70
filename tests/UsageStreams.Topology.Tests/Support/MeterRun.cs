using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Streams.Testing;
using UsageStreams.Topology.Metering;
using UsageStreams.Topology.Metering.Recount;

namespace UsageStreams.Topology.Tests.Support;

/// <summary>
/// The meter alone, in the driver: events arrive when the clock says, reference data come when a test publishes them, and what the meter sends is folded as
/// its reader should: <em>more</em> is added, <em>instead</em> takes the place, and what is taken out goes.
/// </summary>
internal sealed class MeterRun : IDisposable
{
    private readonly UsageSerdes _serdes;
    private readonly TopologyTestDriver _driver;
    private readonly TestInputTopic<string, UsageEvent> _events;
    private readonly TestOutputTopic<PartialKey, Partial> _partials;

    public MeterRun(MeteringOptions? options = null, bool commitAfterEachRecord = true, DateTimeOffset? start = null, int partitions = 1, string region = "")
    {
        _serdes = new UsageSerdes(InMemoryRegistry.Client(), new UsageTopics(Region: region));
        Clock = new ManualTimeProvider(start ?? References.Start);
        _driver = new TopologyTestDriver(Build(_serdes, options ?? new MeteringOptions()), new TopologyTestDriverOptions
        {
            ApplicationId = Topics.MeteringApplication,
            Partitions = partitions,
            CommitAfterEachRecord = commitAfterEachRecord,
            Clock = Clock,
        });
        _events = _driver.CreateInputTopic(Topics.Events, Serdes.Utf8, _serdes.Events);
        _partials = _driver.CreateOutputTopic(Topics.Partials, PartialKeySerde.Instance, _serdes.Partials);
    }

    public ManualTimeProvider Clock { get; }

    /// <summary>What the meter sent, in order.</summary>
    public List<(PartialKey Key, Partial Partial)> Sent { get; } = [];

    public EventOutcomes Outcomes => _driver.CreateOutputTopic(Topics.Outcomes, Serdes.Utf8, _serdes.Outcomes).ReadTable()
        .Select(entry => entry.Value)
        .Aggregate((all, one) => new EventOutcomes
        {
            Read = all.Read + one.Read,
            Counted = all.Counted + one.Counted,
            Duplicate = all.Duplicate + one.Duplicate,
            Rejected = all.Rejected + one.Rejected,
            Parked = all.Parked + one.Parked,
            LateRejected = all.LateRejected + one.LateRejected,
            Reasons = all.Reasons.Concat(one.Reasons).GroupBy(reason => reason.Key, StringComparer.Ordinal).ToDictionary(reason => reason.Key, reason => reason.Sum(r => r.Value), StringComparer.Ordinal),
        });

    public IReadOnlyDictionary<string, long> Reasons => Outcomes.Reasons;

    public IReadOnlyList<ParkedTenant> Parked => Table(Topics.Parked, _serdes.Parked);

    public IReadOnlyList<UsageException> Exceptions => Table(Topics.Exceptions, _serdes.Exceptions);

    public IReadOnlyList<RejectedEvent> Rejected => [.. _driver.CreateOutputTopic(Topics.Rejected, Serdes.Bytes, _serdes.Rejected).ReadAll().Select(record => record.Value!)];

    private UsageTopics Topics => _serdes.Topics;

    /// <summary>Publishes what most tests need: tenant t0 of account a0 with its contract, and two metrics.</summary>
    public MeterRun Known()
    {
        Publish(Calls, Bytes);
        Publish(References.Contract("a0"), References.Contract("a1"));
        Publish(References.Account("a0"), References.Account("a1"));
        Publish(References.Tenant("t0", "a0"));
        return this;
    }

    public static Metric Calls { get; } = Metric("calls", Aggregation.Count);

    public static Metric Bytes { get; } = Metric("bytes", Aggregation.Sum);

    public static Metric Metric(string code, Aggregation aggregation) => References.Metrics[0] with { Code = code, Aggregation = aggregation, Filter = "", Value = "quantity" };

    public void Publish(params Metric[] metrics) => Publish(Topics.Metrics, _serdes.Metrics, metrics, metric => $"{metric.Code}@{metric.Version}");

    public void Publish(params Tenant[] tenants) => Publish(Topics.Tenants, _serdes.Tenants, tenants, tenant => tenant.Id);

    public void Publish(params Account[] accounts) => Publish(Topics.Accounts, _serdes.Accounts, accounts, account => account.Id);

    public void Publish(params Contract[] contracts) => Publish(Topics.Contracts, _serdes.Contracts, contracts, contract => contract.Id);

    public void Publish(params Product[] products) => Publish(Topics.Products, _serdes.Products, products, product => product.Id);

    public void Publish(params ExceptionDecision[] decisions) => Publish(Topics.ExceptionDecisions, _serdes.ExceptionDecisions, decisions, decision => decision.Exception);

    public void Pipe(params UsageEvent[] events)
    {
        foreach (var usage in events) _events.Pipe(usage.Tenant, usage);
    }

    /// <summary>Pipes into a partition, whatever the key says.</summary>
    public void PipeInto(int partition, UsageEvent usage) => _events.Pipe(usage.Tenant, usage, partition: partition);

    public void PipeRaw(string key, UsageEvent usage) => _events.Pipe(key, usage);

    /// <summary>Lets time go on.</summary>
    public void Wait(TimeSpan time) => _driver.AdvanceWallClock(time);

    /// <summary>Lets the meter look at its references, and count anew what they concern.</summary>
    public void Recount(int looks = 8)
    {
        for (var i = 0; i < looks; i++) _driver.AdvanceWallClock(Recounting.LookInterval);
    }

    public void Commit() => _driver.Commit();

    public void Crash() => _driver.Restart();

    /// <summary>What is counted, by tenant, account, metric and hour.</summary>
    public IReadOnlyDictionary<(string Tenant, string Account, string Metric, string Hour), decimal> Counted
    {
        get
        {
            Sent.AddRange(_partials.ReadAll().Select(record => (record.Key, record.Value!)));
            return Sent.GroupBy(sent => (sent.Key.Window, sent.Key.From.Tenant))
                .Select(window => (window.Key, Whole: Fold(window.Select(sent => sent.Partial))))
                .Where(window => !window.Whole.IsEmpty)
                .ToDictionary(
                    window => (window.Key.Tenant, window.Key.Window.Account, $"{window.Key.Window.Metric}@{window.Key.Window.Version}", Hour(window.Key.Window.Start)),
                    window => window.Whole.Value.Value);
        }
    }

    public void Dispose() => _driver.Dispose();

    private static Streams.Topology Build(UsageSerdes serdes, MeteringOptions options)
    {
        var builder = new StreamsBuilder();
        MeterHalf.Of(builder, serdes, new MeteringStores(serdes, options), ReferenceTables.Of(builder, serdes), options).Foreach("sink", static (in Record<PartialKey, Partial> _) => { });
        return builder.Build();
    }

    private static Contribution Fold(IEnumerable<Partial> partials) => partials.Aggregate(default(Contribution), (whole, partial) =>
    {
        if (whole is null || partial.IsInstead) whole = partial.Contribution.Copy();
        else whole.Merge(partial.Contribution);
        return partial.TakenOut is { } taken ? whole.Without(taken.Contribution) : whole;
    })!;

    private static string Hour(long start) => DateTimeOffset.FromUnixTimeMilliseconds(start).ToString("ddHH", System.Globalization.CultureInfo.InvariantCulture);

    private IReadOnlyList<T> Table<T>(string topic, ISerde<T> serde) => [.. _driver.CreateOutputTopic(topic, Serdes.Utf8, serde).ReadTable().Select(entry => entry.Value)];

    private void Publish<T>(string topic, ISerde<T> serde, IEnumerable<T> values, Func<T, string> key)
    {
        var table = _driver.CreateInputTopic(topic, Serdes.Utf8, serde);
        foreach (var value in values) table.Pipe(key(value), value);
    }
}
