using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Streams.Testing;
using UsageStreams.Topology.Metering;

namespace UsageStreams.Topology.Tests.Support;

/// <summary>Metering in the driver: tenants t0, t1, … belong in turn to accounts a0, a1, …; tenants x… belong to nobody.</summary>
internal sealed class MeteringRun : IDisposable
{
    public const int Tenants = 12;
    public const int Accounts = 4;

    private readonly UsageSerdes _serdes = new(InMemoryRegistry.Client(), new UsageTopics());
    private readonly TopologyTestDriver _driver;
    private readonly TestInputTopic<string, UsageEvent> _events;

    public MeteringRun(int partitions = 1, bool commitAfterEachRecord = true)
    {
        Partitions = partitions;
        var topics = _serdes.Topics;
        _driver = new TopologyTestDriver(MeteringTopology.Build(_serdes), new TopologyTestDriverOptions
        {
            ApplicationId = topics.MeteringApplication,
            Partitions = partitions,
            PartitionsOf = new Dictionary<string, int>(StringComparer.Ordinal)
            {
                [topics.Tenants] = 1,
                [topics.Accounts] = 1,
                [topics.Contracts] = 1,
                [topics.Metrics] = 1,
                [topics.Products] = 1,
            },
            CommitAfterEachRecord = commitAfterEachRecord,
            Clock = new ManualTimeProvider(References.Start.AddDays(2)),
        });
        Publish(topics.Metrics, _serdes.Metrics, References.Metrics.Select(metric => ($"{metric.Code}@{metric.Version}", metric)));
        Publish(topics.Contracts, _serdes.Contracts, Enumerable.Range(0, Accounts).Select(i => References.Contract($"a{i}")).Select(contract => (contract.Id, contract)));
        Publish(topics.Accounts, _serdes.Accounts, Enumerable.Range(0, Accounts).Select(i => References.Account($"a{i}")).Select(account => (account.Id, account)));
        Publish(topics.Tenants, _serdes.Tenants, Enumerable.Range(0, Tenants).Select(i => References.Tenant($"t{i}", $"a{i % Accounts}")).Select(tenant => (tenant.Id, tenant)));
        _events = _driver.CreateInputTopic(topics.Events, Serdes.Utf8, _serdes.Events);
        Ledger = _driver.CreateOutputTopic(topics.Ledger, Serdes.Utf8, _serdes.Ledger);
    }

    public int Partitions { get; }

    public TestOutputTopic<string, LedgerEntry> Ledger { get; }

    public IReadOnlyList<RejectedEvent> Rejected => Values(_serdes.Topics.Rejected, Serdes.Bytes, _serdes.Rejected);

    public IReadOnlyList<ParkedTenant> Parked =>
        [.. _driver.CreateOutputTopic(_serdes.Topics.Parked, Serdes.Utf8, _serdes.Parked).ReadTable().Select(entry => entry.Value)];

    public IReadOnlyList<RunningTotal> Running =>
        [.. _driver.CreateOutputTopic(_serdes.Topics.Running, Serdes.Utf8, _serdes.Running).ReadTable().Select(entry => entry.Value)];

    /// <summary>Where the records ended, summed over all keys.</summary>
    public EventOutcomes Outcomes
    {
        get
        {
            var all = _driver.CreateOutputTopic(_serdes.Topics.Outcomes, Serdes.Utf8, _serdes.Outcomes).ReadTable().Select(entry => entry.Value).ToList();
            return new EventOutcomes
            {
                Read = all.Sum(one => one.Read),
                Counted = all.Sum(one => one.Counted),
                Duplicate = all.Sum(one => one.Duplicate),
                Rejected = all.Sum(one => one.Rejected),
                Parked = all.Sum(one => one.Parked),
            };
        }
    }

    public void Pipe(UsageEvent usage, RecordHeaders? headers = null) => _events.Pipe(usage.Tenant, usage, headers);

    public void Pipe(string key, UsageEvent usage) => _events.Pipe(key, usage);

    public void PipeRaw(byte[]? key, byte[]? value, int? partition = null) => _events.PipeRaw(key, value, RecordHeaders.Empty, partition);

    public void Commit() => _driver.Commit();

    public void Crash() => _driver.Restart();

    /// <summary>Says in every partition that nothing before a time will come.</summary>
    public void Complete(DateTimeOffset until)
    {
        for (var partition = 0; partition < Partitions; partition++) _events.PipeWatermark(partition, until.ToUnixTimeMilliseconds());
        _driver.Commit();
    }

    public void Dispose() => _driver.Dispose();

    private IReadOnlyList<TValue> Values<TKey, TValue>(string topic, ISerde<TKey> keySerde, ISerde<TValue> valueSerde) =>
        [.. _driver.CreateOutputTopic(topic, keySerde, valueSerde).ReadAll().Select(record => record.Value!)];

    private void Publish<T>(string topic, ISerde<T> serde, IEnumerable<(string Key, T Value)> entries)
    {
        var table = _driver.CreateInputTopic(topic, Serdes.Utf8, serde);
        foreach (var (key, value) in entries) table.Pipe(key, value);
    }
}
