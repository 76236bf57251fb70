using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Host.Generate;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Reference;
using UsageStreams.Host.Tests.Support;
using UsageStreams.Host.Work;
using UsageStreams.Model;

namespace UsageStreams.Host.Tests.Explain;

/// <summary>
/// A small load by seed, metered and billed by real workers: three accounts with two tenants each, and with it
/// repetitions, events of nobody, events that no rule allows, and usage that comes when its windows have their entries.
/// </summary>
public sealed class ExplainedLoad : IAsyncLifetime
{
    // Yesterday: the broker says when records arrive, and what arrives after the lock of its billing period is no late entry.
    public static readonly DateTimeOffset Start = new(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(-1), TimeSpan.Zero);

    private const int EventsPerBatch = 300;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _state = new();
    private readonly Xoshiro _random = new(5);
    private int _events;

    internal HostKafka Kafka { get; } = new();

    internal IReadOnlyList<LedgerEntry> Ledger { get; private set; } = [];

    internal IReadOnlyList<BillingTransaction> Transactions { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        await Kafka.InitializeAsync();
        var tenants = Enumerable.Range(0, 6).Select(static tenant => KeyValuePair.Create($"t{tenant}", $"a{tenant % 3}"));
        var reference = ReferenceData.Of(tenants, static account => account);
        new ReferencePublisher(Kafka.Access, Kafka.Values).Publish(reference, "load", TestContext.Current.CancellationToken);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var session = await KafkaSession.OpenAsync(Kafka.Access, ending.Token);
        await using var worker = new Worker(Kafka.Access, session, null, _state.Path, null, NullLoggerFactory.Instance);
        var running = Task.Run(() => worker.RunAsync([WorkerParts.Metering, WorkerParts.Billing], ending.Token), ending.Token);
        Publish(Batch(), Start.AddDays(2));
        await SettleAsync(running, static load => load.Ledger.Count > 0);
        Publish(Batch(), Start.AddDays(40));
        await SettleAsync(running, static load => load.Ledger.Any(static entry => entry.Kind == EntryKind.Late)
            && load.Transactions.Count(static transaction => transaction.State == TransactionState.Approved) == 3);
        await ending.CancelAsync();
        await running.ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    public async ValueTask DisposeAsync()
    {
        await Kafka.DisposeAsync();
        _state.Dispose();
    }

    internal IReadOnlyList<T> Read<T>(string topic)
        where T : class, Avro.IAvroRecord<T>
    {
        var values = new List<T>();
        TopicReader.ReadToEnd(Kafka.Access, topic, record =>
        {
            if (record.Message.Value is { } value)
                values.Add(Kafka.Values.Read<T>(topic, value));
        }, TestContext.Current.CancellationToken);
        return values;
    }

    private async Task SettleAsync(Task running, Func<ExplainedLoad, bool> settled)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline);
        do
        {
            limit.Token.ThrowIfCancellationRequested();
            if (running.IsCompleted)
                await running;
            Ledger = Read<LedgerEntry>(Kafka.Topics.Ledger);
            Transactions = Read<BillingTransaction>(Kafka.Topics.Transactions);
        }
        while (!settled(this));
    }

    private void Publish(IEnumerable<(string Key, UsageEvent? Usage)> events, DateTimeOffset complete)
    {
        using var publisher = new UsagePublisher(Kafka.Access, Kafka.Values, "load");
        publisher.Begin();
        foreach (var (key, usage) in events)
        {
            if (usage is null)
                publisher.PublishBytes(key, Encoding.UTF8.GetBytes("no Avro"));
            else
                publisher.Publish(usage, key: key);
        }

        publisher.Complete(complete);
        publisher.Commit();
    }

    private IEnumerable<(string Key, UsageEvent? Usage)> Batch()
    {
        for (var i = 0; i < EventsPerBatch; i++)
        {
            var usage = Next($"t{(int)(_random.NextDouble() * 6)}");
            yield return (usage.Tenant, usage);
            if (_random.NextDouble() < 0.1)
                yield return (usage.Tenant, usage);
        }

        var nobody = Next("nobody");
        yield return (nobody.Tenant, nobody);
        var negative = Next("t0") with { Quantity = -1 };
        yield return (negative.Tenant, negative);
        yield return ("t1", null);
    }

    private UsageEvent Next(string tenant) => new()
    {
        Id = $"e{_events++}",
        Source = "load",
        Type = "http.request",
        Tenant = tenant,
        User = $"u{(int)(_random.NextDouble() * 5)}",
        Product = "site",
        Time = Start.AddSeconds((int)(_random.NextDouble() * 6 * 3600)),
        Quantity = decimal.Round((decimal)_random.NextDouble() * 1000, 3),
        Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["status"] = _random.NextDouble() < 0.9 ? "200" : "500" },
    };
}
