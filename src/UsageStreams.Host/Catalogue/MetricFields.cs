using System.Globalization;
using UsageStreams.Model;

namespace UsageStreams.Host.Catalogue;

/// <summary>A field of two versions that differs.</summary>
/// <param name="Name">As files call it.</param>
/// <param name="Before">As it was.</param>
/// <param name="After">As it would be.</param>
internal readonly record struct FieldDifference(string Name, string Before, string After)
{
    /// <inheritdoc />
    public override string ToString() => $"{Name} '{Before}' to '{After}'";
}

/// <summary>The fields of a metric as files write them. Who applied a version, and why, is none of them.</summary>
internal static class MetricFields
{
    /// <summary>The lateness of a metric that counts events however late they come.</summary>
    public const string AnyLateness = "any";

    /// <summary>The lateness as files write it.</summary>
    public static string Lateness(Metric metric) => metric.LatenessMillis < 0 ? AnyLateness : CatalogueTime.Duration(metric.LatenessMillis);

    /// <summary>The fields in which two versions differ.</summary>
    public static IReadOnlyList<FieldDifference> Differences(Metric before, Metric after) =>
        [.. Of(before).Zip(Of(after), static (old, now) => new FieldDifference(old.Name, old.Text, now.Text)).Where(static field => field.Before != field.After)];

    private static IEnumerable<(string Name, string Text)> Of(Metric metric)
    {
        yield return ("from", CatalogueTime.Instant(metric.From));
        yield return ("to", metric.To is { } to ? CatalogueTime.Instant(to) : "");
        yield return ("description", metric.Description);
        yield return ("owner", metric.Owner);
        yield return ("events", string.Join(", ", metric.EventTypes.Order(StringComparer.Ordinal)));
        yield return ("filter", Canonical(metric.Filter));
        yield return ("aggregation", YamlFields.Word(metric.Aggregation));
        yield return ("value", metric.Value);
        yield return ("unit", metric.Unit);
        yield return ("window", YamlFields.Word(metric.Window));
        yield return ("grace", CatalogueTime.Duration(metric.GraceMillis));
        yield return ("lateness", Lateness(metric));
        yield return ("rounding", metric.Rounding is { } rounding ? rounding.Digits.ToString(CultureInfo.InvariantCulture) + " " + YamlFields.Word(rounding.Mode) : "");
        yield return ("audience", YamlFields.Word(metric.Audience));
    }

    // Blanks and parentheses that say nothing are no edit. What another program published and can't be read is compared as it is.
    private static string Canonical(string filter) => EventFilter.TryParse(filter, out var read, out _) ? read.ToString() : filter;
}
