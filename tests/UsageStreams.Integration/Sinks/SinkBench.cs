using Microsoft.Extensions.Logging.Abstractions;
using UsageStreams.Model;
using UsageStreams.Sandbox;
using UsageStreams.Sinks;
using UsageStreams.Sinks.Crm.Salesforce;
using UsageStreams.Sinks.Erp.NetSuite;
using UsageStreams.Sinks.Runtime;

namespace UsageStreams.Integration.Sinks;

/// <summary>A sandbox, two topics, and workers between them.</summary>
internal sealed class SinkBench : IAsyncDisposable
{
    private readonly SinkKafka _kafka;
    private readonly string _folder;
    private readonly string _group = $"erp-{Guid.NewGuid():N}";
    private readonly List<IDisposable> _connectors = [];

    private SinkBench(SinkKafka kafka, string folder, SandboxServer sandbox, string topic, string receiptsTopic)
    {
        _kafka = kafka;
        _folder = folder;
        Sandbox = sandbox;
        Topic = topic;
        ReceiptsTopic = receiptsTopic;
    }

    public SandboxServer Sandbox { get; }

    public string Topic { get; }

    public string ReceiptsTopic { get; }

    public static async Task<SinkBench> StartAsync(SinkKafka kafka)
    {
        var folder = Directory.CreateTempSubdirectory("usagestreams-sinks-").FullName;
        var sandbox = await SandboxServer.StartAsync(new SandboxOptions { DataDirectory = folder }, TestContext.Current.CancellationToken);
        return new SinkBench(kafka, folder, sandbox, await kafka.CreateTopicAsync("documents"), await kafka.CreateTopicAsync("receipts"));
    }

    public NetSuiteConnector NetSuite() => Keep(new NetSuiteConnector(new NetSuiteOptions
    {
        BaseUrl = Sandbox.NetSuiteUrl,
        ClientId = Sandbox.Credentials.NetSuiteClientId,
        CertificateId = Sandbox.Credentials.NetSuiteCertificateId,
        PrivateKeyPath = Sandbox.Credentials.NetSuitePrivateKeyPath,
    }));

    public SalesforceConnector Salesforce() => Keep(new SalesforceConnector(new SalesforceOptions
    {
        LoginUrl = Sandbox.SalesforceLoginUrl,
        ClientId = Sandbox.Credentials.SalesforceClientId,
        Username = Sandbox.Credentials.SalesforceUsername,
        PrivateKeyPath = Sandbox.Credentials.SalesforcePrivateKeyPath,
    }));

    public RunningWorker Work(IConnector<BillingTransaction> connector, string? instance = null, int maxRecords = 1_000) =>
        new(token => Worker(connector, DocumentKinds.Transactions, new PlainAvro<BillingTransaction>(), instance, maxRecords).RunAsync(token));

    public RunningWorker Work(IConnector<CrmSignal> connector) =>
        new(token => Worker(connector, DocumentKinds.Signals, new PlainAvro<CrmSignal>(), null, 1_000).RunAsync(token));

    public async ValueTask DisposeAsync()
    {
        foreach (var connector in _connectors) connector.Dispose();
        await Sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private SinkWorker<T> Worker<T>(IConnector<T> connector, DocumentKind<T> kind, Streams.ISerde<T> documents, string? instance, int maxRecords) => new(
        new SinkWorkerOptions
        {
            Topic = Topic, ReceiptsTopic = ReceiptsTopic, GroupId = _group, InstanceName = instance, MaxRecords = maxRecords,
            RetryDelay = TimeSpan.FromMilliseconds(10), MaxRetryDelay = TimeSpan.FromMilliseconds(100), BreakDuration = TimeSpan.FromMilliseconds(500),
            DrainTimeout = TimeSpan.FromMilliseconds(200), ReconnectDelay = TimeSpan.FromMilliseconds(200),
        },
        _kafka.Connection, kind, documents, new PlainAvro<Receipt>(), connector, NullLogger.Instance);

    private T Keep<T>(T connector)
        where T : IDisposable
    {
        _connectors.Add(connector);
        return connector;
    }
}

/// <summary>A worker at work until it is disposed.</summary>
internal sealed class RunningWorker : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public RunningWorker(Func<CancellationToken, Task> run) => Run = run(_stop.Token);

    public Task Run { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();

        // A test that expects the worker to fail awaits Run itself.
        await Run.ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(60));
        _stop.Dispose();
    }
}
