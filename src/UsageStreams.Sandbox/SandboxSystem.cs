namespace UsageStreams.Sandbox;

/// <summary>Names of the systems the sandbox stands in for, as they are written in faults, journal and summary.</summary>
public static class SandboxSystem
{
    /// <summary>The ERP, in NetSuite's shape.</summary>
    public const string NetSuite = "netsuite";

    /// <summary>The CRM, in Salesforce's shape.</summary>
    public const string Salesforce = "salesforce";
}
