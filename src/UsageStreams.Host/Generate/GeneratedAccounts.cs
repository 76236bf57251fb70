using UsageStreams.Host.Reference;

namespace UsageStreams.Host.Generate;

/// <summary>Reference data for a generated load: all its tenants but the unknown ones.</summary>
internal static class GeneratedAccounts
{
    public static ReferenceData Of(IEnumerable<GeneratedTenant> tenants) =>
        ReferenceData.Of(tenants.Select(static tenant => KeyValuePair.Create(tenant.Id, tenant.Account)), static account => "Customer " + account);
}
