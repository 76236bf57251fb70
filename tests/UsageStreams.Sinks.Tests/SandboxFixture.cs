using UsageStreams.Sandbox;
using UsageStreams.Sinks.Crm.Salesforce;
using UsageStreams.Sinks.Erp.NetSuite;

namespace UsageStreams.Sinks.Tests;

/// <summary>A sandbox of its own for a test, and the connectors' options for it.</summary>
internal sealed class SandboxFixture : IAsyncDisposable
{
    private readonly string _folder;

    private SandboxFixture(string folder, SandboxServer server)
    {
        _folder = folder;
        Server = server;
    }

    public SandboxServer Server { get; }

    public static async Task<SandboxFixture> StartAsync(IReadOnlySet<string>? customers = null)
    {
        var folder = Directory.CreateTempSubdirectory("usagestreams-sinks-").FullName;
        var options = new SandboxOptions { DataDirectory = folder, KnownCustomers = customers };
        return new SandboxFixture(folder, await SandboxServer.StartAsync(options, TestContext.Current.CancellationToken));
    }

    public NetSuiteOptions NetSuite(string? keyPath = null, string zone = "UTC") => new()
    {
        BaseUrl = Server.NetSuiteUrl,
        ClientId = Server.Credentials.NetSuiteClientId,
        CertificateId = Server.Credentials.NetSuiteCertificateId,
        PrivateKeyPath = keyPath ?? Server.Credentials.NetSuitePrivateKeyPath,
        TimeZone = zone,
    };

    public SalesforceOptions Salesforce(string? keyPath = null) => new()
    {
        LoginUrl = Server.SalesforceLoginUrl,
        ClientId = Server.Credentials.SalesforceClientId,
        Username = Server.Credentials.SalesforceUsername,
        PrivateKeyPath = keyPath ?? Server.Credentials.SalesforcePrivateKeyPath,
        PeriodToDateFields = new Dictionary<string, string> { ["api.calls"] = "UB_MTD_Api_Calls__c" },
    };

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
