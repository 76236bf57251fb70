using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Streams.Testing;
using UsageStreams.Topology.Metering;
using UsageStreams.Topology.Metering.Settling;

namespace UsageStreams.Topology.Tests.Support;

/// <summary>The settling half of metering in the driver, fed with partials: one account "a0", its contract "C-a0", a metric for each aggregation.</summary>
internal sealed class SettleRun : IDisposable
{
    private readonly TopologyTestDriver _driver;
    private readonly TestInputTopic<PartialKey, Partial> _partials;
    private readonly TestOutputTopic<string, LedgerEntry> _ledger;
    private readonly UsageSerdes _serdes = new(InMemoryRegistry.Client(), new UsageTopics());
    private readonly SettlingStores _stores;
    private readonly ManualTimeProvider _clock = new(References.Start);
    private long _offset;

    public SettleRun(bool commitAfterEachRecord = true, Contract? contract = null, TimeSpan? retention = null, TimeSpan? lateness = null)
    {
        _stores = new SettlingStores(_serdes);
        var builder = new StreamsBuilder();
        var references = ReferenceTables.Of(builder, _serdes);
        builder.Stream("partials", Consumed.With(PartialKeySerde.Instance, _serdes.Partials).WithName("partials").WithStreamTimeFromWatermarks())
            .Process("settle", () => new Settle(_stores, references, retention ?? new MeteringOptions().WindowRetention), _stores.All)
            .To(_serdes.Topics.Ledger, Produced.With(Serdes.Utf8, _serdes.Ledger).WithName("ledger"));
        _driver = new TopologyTestDriver(builder.Build(), new TopologyTestDriverOptions
        {
            ApplicationId = _serdes.Topics.MeteringApplication,
            CommitAfterEachRecord = commitAfterEachRecord,
            Clock = _clock,
        });
        var metrics = _driver.CreateInputTopic(_serdes.Topics.Metrics, Serdes.Utf8, _serdes.Metrics);
        foreach (var aggregation in Enum.GetValues<Aggregation>()) metrics.Pipe($"{CodeOf(aggregation)}@1", MetricOf(aggregation) with { LatenessMillis = (long)(lateness ?? TimeSpan.Zero).TotalMilliseconds });
        _driver.CreateInputTopic(_serdes.Topics.Contracts, Serdes.Utf8, _serdes.Contracts).Pipe("C-a0", contract ?? References.Contract("a0"));
        _partials = _driver.CreateInputTopic("partials", PartialKeySerde.Instance, _serdes.Partials);
        _ledger = _driver.CreateOutputTopic(_serdes.Topics.Ledger, Serdes.Utf8, _serdes.Ledger);
    }

    public IReadOnlyList<RunningTotal> Running =>
        [.. _driver.CreateOutputTopic(_serdes.Topics.Running, Serdes.Utf8, _serdes.Running).ReadTable().Select(entry => entry.Value)];

    /// <summary>Entries in the stores that grow with usage.</summary>
    public int Kept => _driver.GetStore(_stores.Windows).Count + _driver.GetStore(_stores.Tenants).Count + _driver.GetStore(_stores.Members).Count
        + _driver.GetStore(_stores.Closings).Count + _driver.GetStore(_stores.Expiry).Count;

    public static string CodeOf(Aggregation aggregation) => $"m.{aggregation}";

    public static WindowKey WindowOf(Aggregation aggregation, DateTimeOffset? start = null) =>
        new("a0", "C-a0", CodeOf(aggregation), 1, (start ?? References.Start).ToUnixTimeMilliseconds());

    /// <summary>Sends a delta of some events.</summary>
    public void More(Aggregation aggregation, string tenant, IEnumerable<Sample> samples, DateTimeOffset? bookedIn = null, DateTimeOffset? start = null, int partition = 0) =>
        Send(Partial.More(aggregation, contractVersion: 2, $"{tenant}@1"), new Contributor(tenant, partition), samples, bookedIn, start);

    /// <summary>Sends all events that a recount found.</summary>
    public void Instead(Aggregation aggregation, string tenant, IEnumerable<Sample> samples, Cause cause, DateTimeOffset? bookedIn = null, DateTimeOffset? start = null, int partition = 0) =>
        Send(Partial.Instead(aggregation, contractVersion: 2, $"{tenant}@1", cause), new Contributor(tenant, partition), samples, bookedIn, start);

    /// <summary>Sends a delta of some events, together with others that are taken out again.</summary>
    public void TakeOut(Aggregation aggregation, string tenant, IEnumerable<Sample> taken, Cause cause, DateTimeOffset? bookedIn = null, int partition = 0, IEnumerable<Sample>? more = null)
    {
        var partial = Partial.More(aggregation, contractVersion: 2, $"{tenant}@1");
        foreach (var sample in taken) partial.TakeOut(sample, new EventPosition("usage.events", partition, 0), RecordHeaders.Empty, cause);
        Send(partial, new Contributor(tenant, partition), more ?? [], bookedIn, start: null);
    }

    /// <summary>It is a time, and the meters say that nothing before it will come.</summary>
    public void Pass(DateTimeOffset time)
    {
        if (time > _clock.GetUtcNow()) _driver.AdvanceWallClock(time - _clock.GetUtcNow());
        Announce(time);
    }

    /// <summary>The meters say that nothing before a time will come, whatever time it is.</summary>
    public void Announce(DateTimeOffset time)
    {
        _partials.PipeWatermark(0, time.ToUnixTimeMilliseconds(), "events/0/1");
        _driver.Commit();
    }

    public IReadOnlyList<LedgerEntry> Read()
    {
        _driver.Commit();
        return [.. _ledger.ReadAll().Select(record => record.Value!)];
    }

    public void Crash() => _driver.Restart();

    public void Dispose() => _driver.Dispose();

    private static Metric MetricOf(Aggregation aggregation) => References.Metrics[0] with { Code = CodeOf(aggregation), Aggregation = aggregation, Filter = "", Value = aggregation == Aggregation.Unique ? "user" : "quantity" };

    private void Send(Partial partial, Contributor from, IEnumerable<Sample> samples, DateTimeOffset? bookedIn, DateTimeOffset? start)
    {
        foreach (var sample in samples) partial.Add(sample, new EventPosition("usage.events", from.Partition, _offset++), RecordHeaders.Empty);
        _partials.Pipe(new PartialKey(WindowOf(partial.Contribution.Aggregation, start), from, bookedIn?.ToUnixTimeMilliseconds()), partial);
    }
}
