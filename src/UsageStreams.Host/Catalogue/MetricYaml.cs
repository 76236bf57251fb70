using System.Globalization;
using UsageStreams.Model;
using YamlDotNet.RepresentationModel;

namespace UsageStreams.Host.Catalogue;

/// <summary>Reads the versions of one metric from a file's root.</summary>
internal sealed class MetricYaml(string file, ICollection<CatalogueFault> faults)
{
    // A version is told by its code and number in keys of topics, which '/' and '@' cut into parts.
    private const int LongestCode = 100;

    private static readonly string[] FileKeys = ["metric", "versions"];

    private static readonly string[] RoundingKeys = ["digits", "mode"];

    private static readonly string[] VersionKeys =
    [
        "version", "from", "to", "description", "owner", "events", "filter", "aggregation", "value", "unit", "window", "grace", "lateness", "rounding", "audience",
    ];

    /// <summary>The versions that could be read whole.</summary>
    public IReadOnlyList<MetricEntry> Read(YamlMappingNode root)
    {
        var fields = new YamlFields(file, root, FileKeys, faults);
        var code = fields.Text("metric");
        if (code is not null && (code.Length > LongestCode || !code.All(static character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_')))
            fields.Fault("metric", $"'{code}' is no metric code: letters, digits, '.', '-' and '_', at most {LongestCode}");
        List<MetricEntry> entries = [];
        foreach (var version in fields.Mappings("versions"))
        {
            var before = faults.Count(static fault => !fault.IsNote);
            var read = Version(code ?? "?", new YamlFields(file, version, VersionKeys, faults));
            if (faults.Count(static fault => !fault.IsNote) == before && read is not null)
                entries.Add(read);
        }

        return entries;
    }

    private MetricEntry? Version(string code, YamlFields fields)
    {
        var version = fields.Parsed<int>("version", Number, "a whole number from 1");
        var from = fields.Parsed<DateTimeOffset>("from", CatalogueTime.TryInstant, "a date or instant in UTC such as 2026-01-01 or 2026-01-01T06:00Z");
        var to = fields.Parsed<DateTimeOffset>("to", CatalogueTime.TryInstant, "a date or instant in UTC such as 2026-01-01 or 2026-01-01T06:00Z", "");
        var aggregation = fields.Word<Aggregation>("aggregation");
        var window = fields.Word<MetricWindow>("window");
        var grace = Duration(fields, "grace");
        var lateness = fields.Parsed<long>("lateness", TryLateness, "a duration such as 44d, or any");
        var audience = fields.Word<Audience>("audience", "both");
        var (description, owner, unit, events) = (fields.Text("description"), fields.Text("owner"), fields.Text("unit"), fields.Texts("events"));
        var (filter, value, rounding) = (Filter(fields), Value(fields, aggregation), Rounding(fields));
        if (version is null || from is null || aggregation is null || window is null || grace is null || lateness is null || audience is null
            || description is null || owner is null || unit is null || filter is null || value is null)
            return null;
        var metric = new Metric
        {
            Code = code, Version = version.Value, From = from.Value, To = to, Description = description, Owner = owner, EventTypes = [.. events],
            Filter = filter, Aggregation = aggregation.Value, Value = value, Unit = unit, Window = window.Value, GraceMillis = grace.Value,
            LatenessMillis = lateness.Value, Rounding = rounding, Audience = audience.Value,
        };
        return new MetricEntry(metric, file, fields.Line, VersionKeys.ToDictionary(static key => key, fields.LineAt, StringComparer.Ordinal));
    }

    private static long? Duration(YamlFields fields, string name) => fields.Parsed<long>(name, CatalogueTime.TryDuration, "a duration such as 10m, 1h30m or 44d (units d, h, m, s)");

    private static string? Filter(YamlFields fields)
    {
        if (fields.Text("filter", "") is not { } text)
            return null;
        if (EventFilter.TryParse(text, out var filter, out var fault))
            return filter.ToString();
        fields.Fault("filter", $"the filter can't be read, {fault}");
        return null;
    }

    private static string? Value(YamlFields fields, Aggregation? aggregation)
    {
        if (fields.Text("value", "quantity") is not { } text)
            return null;
        if (!ValueSelector.TryParse(text, out var value, out var fault))
        {
            fields.Fault("value", $"the value can't be read, {fault}");
            return null;
        }

        if (aggregation is { } chosen && !MetricRule.Fits(chosen, value))
            fields.Fault("value", $"{YamlFields.Word(chosen)} can't aggregate {value}; " + (chosen == Aggregation.Unique
                ? "unique takes user, workspace or properties.NAME"
                : $"{YamlFields.Word(chosen)} takes quantity or properties.NAME"));
        return value.ToString();
    }

    private QuantityRounding? Rounding(YamlFields fields)
    {
        if (fields.Mapping("rounding") is not { } node)
            return null;
        var rounding = new YamlFields(file, node, RoundingKeys, faults);
        var digits = rounding.Parsed<int>("digits", Digits, "a whole number from 0 to 9");
        var mode = rounding.Word<RoundingMode>("mode");
        return digits is null || mode is null ? null : new QuantityRounding { Digits = digits.Value, Mode = mode.Value };
    }

    private static bool TryLateness(string text, out long millis)
    {
        millis = Metric.AnyLateness;
        return text == MetricFields.AnyLateness || CatalogueTime.TryDuration(text, out millis);
    }

    private static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;

    private static bool Digits(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= 9;
}
