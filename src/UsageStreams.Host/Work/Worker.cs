using Microsoft.Extensions.Logging;
using UsageStreams.Host.Kafka;
using UsageStreams.Model;
using UsageStreams.Sinks;
using UsageStreams.Sinks.Runtime;
using UsageStreams.Streams;
using UsageStreams.Topology;
using UsageStreams.Topology.Billing;
using UsageStreams.Topology.Metering;
using UsageStreams.Topology.Regions;
using UsageStreams.Topology.Signals;

namespace UsageStreams.Host.Work;

/// <summary>Topologies and sinks in one process. When one fails for good, all end.</summary>
internal sealed class Worker(KafkaAccess access, KafkaSession session, string? instance, string state, SandboxAccess? sandbox, ILoggerFactory logs, MeteringOptions? metering = null) : IAsyncDisposable
{
    private readonly List<KafkaStreams> _applications = [];
    private readonly List<IDisposable> _connectors = [];

    /// <summary>Runs parts until cancelled, then lets each finish what it has in hand.</summary>
    public async Task RunAsync(IReadOnlyCollection<string> parts, CancellationToken cancellation)
    {
        var running = new List<Task>();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        foreach (var part in parts.Distinct(StringComparer.Ordinal))
        {
            if (part == WorkerParts.Sinks)
                running.AddRange(StartSinks(ending.Token));
            else
                running.Add(await StartAsync(part, ending.Token));
        }

        await Task.WhenAny([.. running, Task.Delay(Timeout.Infinite, ending.Token)]);
        await ending.CancelAsync();
        foreach (var application in _applications)
            await application.StopAsync(CancellationToken.None);
        await Task.WhenAll(running);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var application in _applications)
            await application.DisposeAsync();
        foreach (var connector in _connectors)
            connector.Dispose();
    }

    private async Task<Task> StartAsync(string part, CancellationToken cancellation)
    {
        var serdes = new UsageSerdes(session.Registry, access.Topics);
        var (name, topology) = part switch
        {
            WorkerParts.Metering => (access.Topics.MeteringApplication, MeteringTopology.Build(serdes, metering)),
            WorkerParts.Billing => (access.Topics.BillingApplication, BillingTopology.Build(serdes, new ApprovalPolicy())),
            WorkerParts.Signals => (access.Topics.SignalsApplication, SignalsTopology.Build(serdes)),
            WorkerParts.Export => (access.Topics.ExportApplication, RegionExportTopology.Build(serdes, metering?.Residency?.KeptHome ?? KeptHome.None)),
            _ => throw new ArgumentOutOfRangeException(nameof(part), part, "a worker runs metering, billing, signals, sinks and export"),
        };
        var options = new StreamsOptions { ApplicationId = name, Connection = access.Connection, InstanceId = instance, StateDirectory = state };
        var application = new KafkaStreams(topology, options, logs.CreateLogger<KafkaStreams>());
        _applications.Add(application);
        await application.StartAsync(cancellation);
        return application.Completion;
    }

    private IEnumerable<Task> StartSinks(CancellationToken cancellation)
    {
        var topics = access.Topics;
        var erp = sandbox!.OpenErp();
        var crm = sandbox.OpenCrm();
        _connectors.AddRange([erp, crm]);
        yield return Sink("erp-netsuite", topics.Transactions, topics.BillingReceipts, DocumentKinds.Transactions, erp).RunAsync(cancellation);
        yield return Sink("crm-salesforce", topics.Signals, topics.CrmReceipts, DocumentKinds.Signals, crm).RunAsync(cancellation);
    }

    private SinkWorker<TDocument> Sink<TDocument>(
        string name, string topic, string receipts, DocumentKind<TDocument> kind, IConnector<TDocument> connector)
        where TDocument : class, Avro.IAvroRecord<TDocument>
    {
        var options = new SinkWorkerOptions { Topic = topic, ReceiptsTopic = receipts, GroupId = access.Topics.Prefix + name, InstanceName = instance };
        return new SinkWorker<TDocument>(
            options, access.Connection, kind,
            new AvroSerde<TDocument>(session.Registry, topic + "-value"), new AvroSerde<Receipt>(session.Registry, receipts + "-value"),
            connector, logs.CreateLogger("UsageStreams.Sinks." + name));
    }
}
