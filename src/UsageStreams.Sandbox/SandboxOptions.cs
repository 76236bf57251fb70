namespace UsageStreams.Sandbox;

/// <summary>How a <see cref="SandboxServer"/> behaves. Everything but <see cref="DataDirectory"/> has a default.</summary>
public sealed class SandboxOptions
{
    /// <summary>Folder of the journal and the credentials; created when missing. One server at a time may use it.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>TCP port on the loopback address, 0 to 65535. Default 0: any free one, see <see cref="SandboxServer.Url"/>.</summary>
    public int Port { get; init; }

    /// <summary>How long an access token lasts. Default 60 minutes, as NetSuite's do.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>Requests the ERP serves at once before it answers 429; at least 1. Default 5, NetSuite's base tier.</summary>
    public int ErpConcurrency { get; init; } = 5;

    /// <summary>API calls a day that the CRM tells in its limit header. Default 15,000. Only told, not enforced.</summary>
    public int CrmDailyCalls { get; init; } = 15_000;

    /// <summary>External ids of the ERP's customers. Default null: every customer is known.</summary>
    public IReadOnlySet<string>? KnownCustomers { get; init; }

    /// <summary>Clock for tokens and record times. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        List<string> problems = [];
        if (string.IsNullOrWhiteSpace(DataDirectory)) problems.Add($"{nameof(DataDirectory)} is empty; name a folder that may be written to");
        if (Port is < 0 or > 65535) problems.Add($"{nameof(Port)} is {Port}; it must be 0 (any free port) to 65535");
        if (TokenLifetime <= TimeSpan.Zero) problems.Add($"{nameof(TokenLifetime)} is {TokenLifetime}; it must be more than zero");
        if (ErpConcurrency < 1) problems.Add($"{nameof(ErpConcurrency)} is {ErpConcurrency}; it must be at least 1");
        if (CrmDailyCalls < 1) problems.Add($"{nameof(CrmDailyCalls)} is {CrmDailyCalls}; it must be at least 1");
        if (problems.Count > 0) throw new SandboxException($"The sandbox's options are not valid: {string.Join("; ", problems)}.");
    }
}
