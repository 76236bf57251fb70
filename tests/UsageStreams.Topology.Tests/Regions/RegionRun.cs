using UsageStreams.Avro.Registry;
using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Streams.Testing;
using UsageStreams.Topology.Metering;
using UsageStreams.Topology.Regions;
using UsageStreams.Topology.Tests.Support;

namespace UsageStreams.Topology.Tests.Regions;

/// <summary>A region: its metering and its export, each in a driver, with what one writes carried to the other as bytes.</summary>
internal sealed class RegionRun : IDisposable
{
    public const string Account = "acme-international";

    private readonly TopologyTestDriver _metering;
    private readonly TopologyTestDriver _export;
    private readonly TestOutputTopic<byte[], byte[]> _ledger;
    private readonly TestOutputTopic<byte[], byte[]> _running;
    private readonly TestInputTopic<byte[], byte[]> _ledgerIn;
    private readonly TestInputTopic<byte[], byte[]> _runningIn;

    public RegionRun(string region, SchemaRegistryClient registry, KeptHome kept = KeptHome.None, Residency? residency = null)
    {
        Serdes = new UsageSerdes(registry, new UsageTopics("test.", region));
        Global = Serdes with { Topics = Serdes.Topics.Global };
        _metering = new TopologyTestDriver(MeteringTopology.Build(Serdes, new MeteringOptions { Residency = residency }), Options(Serdes.Topics.MeteringApplication));
        _export = new TopologyTestDriver(RegionExportTopology.Build(Serdes, kept), Options(Serdes.Topics.ExportApplication));
        foreach (var metric in References.Metrics) Publish(Topics.Metrics, Serdes.Metrics, $"{metric.Code}@{metric.Version}", metric);
        Publish(Topics.Contracts, Serdes.Contracts, $"C-{Account}", References.Contract(Account));
        Publish(Topics.Accounts, Serdes.Accounts, Account, References.Account(Account));
        Publish(Topics.Tenants, Serdes.Tenants, Tenant, References.Tenant(Tenant, Account));
        _ledger = _metering.CreateOutputTopic(Topics.Ledger, Streams.Serdes.Bytes, Streams.Serdes.Bytes);
        _running = _metering.CreateOutputTopic(Topics.Running, Streams.Serdes.Bytes, Streams.Serdes.Bytes);
        _ledgerIn = _export.CreateInputTopic(Topics.Ledger, Streams.Serdes.Bytes, Streams.Serdes.Bytes);
        _runningIn = _export.CreateInputTopic(Topics.Running, Streams.Serdes.Bytes, Streams.Serdes.Bytes);
        Entries = _metering.CreateOutputTopic(Topics.Ledger, Streams.Serdes.Utf8, Serdes.Ledger);
        Exported = _export.CreateOutputTopic(Topics.Global.Ledger, Streams.Serdes.Utf8, Global.Ledger);
        ExportedTotals = _export.CreateOutputTopic(Topics.Global.Running, Streams.Serdes.Utf8, Global.Running);
        Left = [.. new[] { Topics.Global.Ledger, Topics.Global.Running }.Select(topic => _export.CreateOutputTopic(topic, Streams.Serdes.Bytes, Streams.Serdes.Bytes))];
    }

    public UsageSerdes Serdes { get; }

    public UsageSerdes Global { get; }

    public UsageTopics Topics => Serdes.Topics;

    public string Tenant => "tenant-in-" + Topics.Region;

    /// <summary>The region's own ledger.</summary>
    public TestOutputTopic<string, LedgerEntry> Entries { get; }

    /// <summary>What the region gave to the global ledger.</summary>
    public TestOutputTopic<string, LedgerEntry> Exported { get; }

    public TestOutputTopic<string, RunningTotal> ExportedTotals { get; }

    /// <summary>All topics that the region writes outside of itself.</summary>
    public IReadOnlyList<TestOutputTopic<byte[], byte[]>> Left { get; }

    /// <summary>Publishes a tenant of the account, wherever it is at home.</summary>
    public void Know(string tenant) => Publish(Topics.Tenants, Serdes.Tenants, tenant, References.Tenant(tenant, Account));

    public void Use(UsageEvent usage, RecordHeaders headers) => _metering.CreateInputTopic(Topics.Events, Streams.Serdes.Utf8, Serdes.Events).Pipe(usage.Tenant, usage, headers);

    /// <summary>Says that nothing before a time will come.</summary>
    public void Complete(DateTimeOffset time)
    {
        _metering.CreateInputTopic(Topics.Events, Streams.Serdes.Utf8, Serdes.Events).PipeWatermark(0, time.ToUnixTimeMilliseconds());
        _metering.Commit();
        Carry();
    }

    /// <summary>An entry of the region's ledger that was written by hand.</summary>
    public void Write(LedgerEntry entry, RecordHeaders headers)
    {
        _export.CreateInputTopic(Topics.Ledger, Streams.Serdes.Utf8, Serdes.Ledger).Pipe(entry.Account, entry, headers);
        _export.Commit();
    }

    public void Delete(string total)
    {
        _export.CreateInputTopic(Topics.Running, Streams.Serdes.Utf8, Serdes.Running).PipeTombstone(total);
        _export.Commit();
    }

    public void CrashExport() => _export.Restart();

    public void Dispose()
    {
        _metering.Dispose();
        _export.Dispose();
    }

    private void Carry()
    {
        foreach (var record in _ledger.ReadAll()) _ledgerIn.PipeRaw(record.Key, record.Value, record.Headers, record.Partition);
        foreach (var mark in _ledger.ReadWatermarks())
        {
            if (mark.Time is { } time) _ledgerIn.PipeWatermark(mark.Partition, time, mark.Upstream);
        }

        foreach (var record in _running.ReadAll()) _runningIn.PipeRaw(record.Key, record.Value, record.Headers, record.Partition);
        _export.Commit();
    }

    private void Publish<T>(string topic, ISerde<T> serde, string key, T value) => _metering.CreateInputTopic(topic, Streams.Serdes.Utf8, serde).Pipe(key, value);

    private static TopologyTestDriverOptions Options(string application) =>
        new() { ApplicationId = application, Partitions = 1, CommitAfterEachRecord = false, Clock = new ManualTimeProvider(References.Start.AddDays(2)) };
}
