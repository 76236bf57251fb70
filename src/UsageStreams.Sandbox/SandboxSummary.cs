namespace UsageStreams.Sandbox;

/// <summary>What the two systems hold and how often they were called.</summary>
/// <param name="Erp">The ERP's documents.</param>
/// <param name="Crm">The CRM's records.</param>
/// <param name="Records">Every record of both, by system, object and external id.</param>
public sealed record SandboxSummary(ErpSummary Erp, CrmSummary Crm, IReadOnlyList<RecordSummary> Records);

/// <summary>The ERP's side.</summary>
/// <param name="Documents">Invoices and credit memos held.</param>
/// <param name="Total">Sum of their totals, credit memos taken off, in whatever currencies they are.</param>
/// <param name="Calls">API calls since the start, token requests left out.</param>
/// <param name="Creates">Documents made, ever.</param>
/// <param name="Updates">Documents written again, ever.</param>
public sealed record ErpSummary(int Documents, decimal Total, long Calls, long Creates, long Updates);

/// <summary>The CRM's side.</summary>
/// <param name="Records">Records held, by object.</param>
/// <param name="Calls">API calls since the start, token requests left out.</param>
/// <param name="Creates">Records made, ever.</param>
/// <param name="Updates">Records written again, ever.</param>
public sealed record CrmSummary(IReadOnlyDictionary<string, int> Records, long Calls, long Creates, long Updates);

/// <summary>How often one record was written.</summary>
/// <param name="System">netsuite or salesforce.</param>
/// <param name="Object">Type of the record, such as invoice or Account.</param>
/// <param name="ExternalId">The caller's id.</param>
/// <param name="RemoteId">The system's own id.</param>
/// <param name="Creates">Times it was made; more than 1 would mean the system holds it twice.</param>
/// <param name="Updates">Times it was written again.</param>
public sealed record RecordSummary(string System, string Object, string ExternalId, string RemoteId, int Creates, int Updates);
