using UsageStreams.Model;

namespace UsageStreams.Topology.Metering.Recount;

/// <summary>What is to be counted anew of a tenant.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Before">What its events were counted by.</param>
/// <param name="After">What they are to be counted by.</param>
/// <param name="Concerns">The stretches of time that may differ; the first that touches a window says its cause.</param>
internal sealed record TenantPlan(string Tenant, AppliedTenant Before, AppliedTenant After, IReadOnlyList<Concern> Concerns);
