namespace UsageStreams.Model;

/// <summary>An event as metrics look at it: what filters and values can name, and nothing else.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Source">Where it was observed.</param>
/// <param name="Tenant">The product's id of the customer.</param>
/// <param name="User">The person or agent, where known.</param>
/// <param name="Workspace">The part of the tenant, where known.</param>
/// <param name="Product">The product.</param>
/// <param name="Time">When it happened, Unix milliseconds.</param>
/// <param name="Quantity">How much, in the unit of the type; null where only the occurrence counts.</param>
/// <param name="Properties">Whatever else filters look at.</param>
public readonly record struct MetricEvent(
    string Type, string Source, string Tenant, string? User, string? Workspace, string Product, long Time, decimal? Quantity, PropertySet Properties)
{
    /// <summary>The same of an event as it was published.</summary>
    public static MetricEvent Of(UsageEvent usage) => new(
        usage.Type, usage.Source, usage.Tenant, usage.User, usage.Workspace, usage.Product, usage.Time.ToUnixTimeMilliseconds(), usage.Quantity, PropertySet.Of(usage.Properties));
}
