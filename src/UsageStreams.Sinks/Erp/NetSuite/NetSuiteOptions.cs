namespace UsageStreams.Sinks.Erp.NetSuite;

/// <summary>
/// Where a NetSuite account is and how it is called. The account must know our customers, subsidiaries, items and currencies by
/// external id: bill-to, legal entity, item and ISO 4217 code.
/// </summary>
public sealed class NetSuiteOptions
{
    /// <summary>Address under which <c>services/rest</c> lies, such as <c>https://1234567.suitetalk.api.netsuite.com/</c>.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>Client id of the integration record.</summary>
    public required string ClientId { get; init; }

    /// <summary>Certificate id shown after mapping the certificate; the <c>kid</c> of our assertions.</summary>
    public required string CertificateId { get; init; }

    /// <summary>PEM file with the certificate's EC P-256 private key.</summary>
    public required string PrivateKeyPath { get; init; }

    /// <summary>Most calls at once; at least 1. Default 4: the base tier allows 5 for the whole account.</summary>
    public int Concurrency { get; init; } = 4;

    /// <summary>IANA time zone in which a period's first and last day are named. Default UTC.</summary>
    public string TimeZone { get; init; } = "UTC";

    internal NetSuiteOptions Validated()
    {
        new OptionsCheck("the NetSuite connector")
            .WebAddress(BaseUrl, nameof(BaseUrl))
            .NotEmpty(ClientId, nameof(ClientId))
            .NotEmpty(CertificateId, nameof(CertificateId))
            .FileExists(PrivateKeyPath, nameof(PrivateKeyPath))
            .Require(Concurrency >= 1, $"{nameof(Concurrency)} is {Concurrency}; it must be at least 1")
            .Require(TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _), $"{nameof(TimeZone)} is '{TimeZone}'; this machine knows no such IANA zone")
            .Throw();
        return this;
    }
}
