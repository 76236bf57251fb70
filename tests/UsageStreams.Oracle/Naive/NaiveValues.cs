using System.Globalization;
using UsageStreams.Model;

namespace UsageStreams.Oracle.Naive;

/// <summary>What of an event a metric aggregates.</summary>
internal static class NaiveValues
{
    /// <summary>Whether an event has what a metric aggregates.</summary>
    public static bool Has(Metric metric, UsageEvent usage) => metric.Aggregation switch
    {
        Aggregation.Count => true,
        Aggregation.Unique => Text(metric, usage) is not null,
        _ when metric.Value == "quantity" => usage.Quantity is not null,
        _ => decimal.TryParse(Text(metric, usage), NumberStyles.Float, CultureInfo.InvariantCulture, out _),
    };

    public static decimal Number(Metric metric, UsageEvent usage) =>
        metric.Value == "quantity" ? usage.Quantity!.Value : decimal.Parse(Text(metric, usage)!, NumberStyles.Float, CultureInfo.InvariantCulture);

    public static string Member(Metric metric, UsageEvent usage) => Text(metric, usage)!;

    private static string? Text(Metric metric, UsageEvent usage) => metric.Value switch
    {
        "user" => usage.User,
        "workspace" => usage.Workspace,
        var name => usage.Properties.GetValueOrDefault(name["properties.".Length..]),
    };
}
