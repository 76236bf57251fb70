using UsageStreams.Sandbox;
using UsageStreams.Sinks.Crm.Salesforce;
using UsageStreams.Sinks.Erp.NetSuite;

namespace UsageStreams.Host.Work;

/// <summary>How the sinks reach the sandbox.</summary>
internal sealed class SandboxAccess
{
    private readonly Uri _url;
    private readonly SandboxCredentials _credentials;

    private SandboxAccess(Uri url, SandboxCredentials credentials)
    {
        _url = url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");
        _credentials = credentials;
    }

    /// <summary>The sandbox at an address, with the credentials of a folder; null unless both are given.</summary>
    public static SandboxAccess? Of(Uri? url, string? folder) =>
        url is null || folder is null ? null : new SandboxAccess(url, SandboxCredentials.Load(folder));

    /// <summary>The ERP.</summary>
    public NetSuiteConnector OpenErp() => new(new NetSuiteOptions
    {
        BaseUrl = new Uri(_url, "netsuite/"),
        ClientId = _credentials.NetSuiteClientId,
        CertificateId = _credentials.NetSuiteCertificateId,
        PrivateKeyPath = _credentials.NetSuitePrivateKeyPath,
    });

    /// <summary>The CRM.</summary>
    public SalesforceConnector OpenCrm() => new(new SalesforceOptions
    {
        LoginUrl = new Uri(_url, "salesforce"),
        ClientId = _credentials.SalesforceClientId,
        Username = _credentials.SalesforceUsername,
        PrivateKeyPath = _credentials.SalesforcePrivateKeyPath,
    });
}
