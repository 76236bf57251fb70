using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using UsageStreams.Sandbox.Faults;
using UsageStreams.Sandbox.NetSuite;
using UsageStreams.Sandbox.OAuth;
using UsageStreams.Sandbox.Salesforce;
using UsageStreams.Sandbox.Storage;

namespace UsageStreams.Sandbox;

/// <summary>
/// Stand-ins for an ERP (NetSuite's shape) and a CRM (Salesforce's shape) over HTTP on the loopback address, for a demo and for
/// tests. They sign in callers, keep what they are sent on disk, and fail on request. They are no copies: only invoices,
/// credit memos and a few CRM objects, only the rules a sink can break.
/// </summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly RecordStore _store;
    private readonly NetSuiteApi _netSuite;
    private readonly SalesforceApi _salesforce;
    private readonly List<IDisposable> _owned = [];

    private SandboxServer(SandboxOptions options)
    {
        Credentials = SandboxCredentials.LoadOrCreate(options.DataDirectory);
        _store = Own(new RecordStore(options.DataDirectory, options.TimeProvider));
        var erpTokens = new TokenDesk(options.TimeProvider, options.TokenLifetime);
        var crmTokens = new TokenDesk(options.TimeProvider, options.TokenLifetime);
        _netSuite = new NetSuiteApi(options, _store, Faults, erpTokens);
        _salesforce = new SalesforceApi(options, _store, Faults, crmTokens);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, options.Port));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, SandboxLifetime>();
        _application = builder.Build();
        _application.UseRouting();
        _application.MapPost(NetSuiteApi.TokenPath, Own(new NetSuiteTokens(Credentials, erpTokens, options.TimeProvider)).HandleAsync);
        _application.MapPost(SalesforceApi.TokenPath, Own(new SalesforceTokens(Credentials, crmTokens, options.TimeProvider)).HandleAsync);
        _netSuite.Map(_application);
        _salesforce.Map(_application);
        AdminApi.Map(_application, Faults, () => Summary);
        Url = new Uri("http://127.0.0.1/");
    }

    /// <summary>Address of the server, ending in a slash. The faults are at <c>sandbox/faults</c>, the summary at <c>sandbox/summary</c>.</summary>
    public Uri Url { get; private set; }

    /// <summary>Address of the ERP, ending in a slash: <c>services/rest/…</c> lies below it.</summary>
    public Uri NetSuiteUrl => new(Url, "netsuite/");

    /// <summary>Address of the CRM's login host, without a slash at its end: it is also the audience of its assertions.</summary>
    public Uri SalesforceLoginUrl => new(Url, "salesforce");

    /// <summary>Ids and key files with which the two systems may be called.</summary>
    public SandboxCredentials Credentials { get; }

    /// <summary>The faults on order.</summary>
    public FaultBook Faults { get; } = new();

    /// <summary>What the systems hold now.</summary>
    public SandboxSummary Summary => Summarize();

    /// <summary>Starts a server; it serves when the task ends.</summary>
    /// <exception cref="SandboxException">The options are not valid, the port is taken, or the folder can't be used.</exception>
    public static async Task<SandboxServer> StartAsync(SandboxOptions options, CancellationToken cancellationToken = default)
    {
        options.Validate();
        var server = new SandboxServer(options);
        try
        {
            await server._application.StartAsync(cancellationToken);
        }
        catch (IOException error)
        {
            await server.DisposeAsync();
            throw new SandboxException($"The sandbox can't listen on 127.0.0.1:{options.Port}: {error.Message} Choose another port, or 0 for any free one.", error);
        }

        server.Url = new Uri(server._application.Urls.Single());
        return server;
    }

    /// <summary>Stops serving and closes the journal.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        foreach (var owned in Enumerable.Reverse(_owned)) owned.Dispose();
    }

    private T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Add(resource);
        return resource;
    }

    private static decimal Owed(StoredRecord record) =>
        InvoiceRules.Total(record.Document) * (record.Key.Object == InvoiceRules.CreditMemo ? -1 : 1);

    private SandboxSummary Summarize()
    {
        var records = _store.All();
        var erp = records.Where(record => record.Key.System == SandboxSystem.NetSuite).ToList();
        var crm = records.Where(record => record.Key.System == SandboxSystem.Salesforce).ToList();
        return new SandboxSummary(
            new ErpSummary(erp.Count, erp.Sum(Owed), _netSuite.Calls, erp.Sum(record => (long)record.Creates), erp.Sum(record => (long)record.Updates)),
            new CrmSummary(
                crm.GroupBy(record => record.Key.Object).ToDictionary(group => group.Key, group => group.Count()),
                _salesforce.Calls, crm.Sum(record => (long)record.Creates), crm.Sum(record => (long)record.Updates)),
            [.. records.Select(record => new RecordSummary(record.Key.System, record.Key.Object, record.Key.ExternalId, record.Id, record.Creates, record.Updates))]);
    }
}
