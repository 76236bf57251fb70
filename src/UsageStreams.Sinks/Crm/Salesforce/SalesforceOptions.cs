namespace UsageStreams.Sinks.Crm.Salesforce;

/// <summary>
/// Where a Salesforce organisation is and how it is called. Account and Task need a text field <see cref="ExternalIdField"/>, marked
/// external id and unique, and the <c>UB_…__c</c> fields that the connector writes.
/// </summary>
public sealed class SalesforceOptions
{
    /// <summary>Login host, which is also the audience of our assertions, such as <c>https://login.salesforce.com</c>.</summary>
    public required Uri LoginUrl { get; init; }

    /// <summary>Consumer key of the connected app.</summary>
    public required string ClientId { get; init; }

    /// <summary>User in whose name we write; pre-authorised for the app.</summary>
    public required string Username { get; init; }

    /// <summary>PEM file with the RSA private key of the app's certificate.</summary>
    public required string PrivateKeyPath { get; init; }

    /// <summary>API version. Default 68.0; at least 46.0.</summary>
    public string ApiVersion { get; init; } = "68.0";

    /// <summary>Field with our id. Default UB_External_Id__c.</summary>
    public string ExternalIdField { get; init; } = "UB_External_Id__c";

    /// <summary>How long a token is used; Salesforce does not tell. Default one hour.</summary>
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Most calls at once; at least 1. Default 4.</summary>
    public int Concurrency { get; init; } = 4;

    /// <summary>Number fields for period-to-date quantities, by metric code. Default none: then they stand in a text field only.</summary>
    public IReadOnlyDictionary<string, string> PeriodToDateFields { get; init; } = new Dictionary<string, string>();

    internal SalesforceOptions Validated()
    {
        new OptionsCheck("the Salesforce connector")
            .WebAddress(LoginUrl, nameof(LoginUrl))
            .NotEmpty(ClientId, nameof(ClientId))
            .NotEmpty(Username, nameof(Username))
            .NotEmpty(ExternalIdField, nameof(ExternalIdField))
            .FileExists(PrivateKeyPath, nameof(PrivateKeyPath))
            .Require(Version.TryParse(ApiVersion, out var version) && version.Major >= 46, $"{nameof(ApiVersion)} is '{ApiVersion}'; it must be 46.0 or later")
            .Require(SessionLifetime > TimeSpan.Zero, $"{nameof(SessionLifetime)} is {SessionLifetime}; it must be more than zero")
            .Require(Concurrency >= 1, $"{nameof(Concurrency)} is {Concurrency}; it must be at least 1")
            .Throw();
        return this;
    }
}
