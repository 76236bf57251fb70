using UsageStreams.Model;

namespace UsageStreams.Host.Catalogue;

/// <summary>What publishing files would do to the metrics that are published.</summary>
/// <param name="Changes">One for each version, in the files or published, by code and version.</param>
internal sealed record CatalogueDiff(IReadOnlyList<CatalogueChange> Changes)
{
    /// <summary>Whether something would be edited.</summary>
    public bool IsRefused => Changes.Any(static change => change.Kind == CatalogueChangeKind.Refused);

    /// <summary>What would be published.</summary>
    public IReadOnlyList<CatalogueChange> ToPublish =>
        [.. Changes.Where(static change => change.Kind is CatalogueChangeKind.New or CatalogueChangeKind.Superseded or CatalogueChangeKind.Ended or CatalogueChangeKind.Resumed)];

    /// <summary>Compares.</summary>
    /// <param name="files">Sound files.</param>
    /// <param name="published">What is published.</param>
    public static CatalogueDiff Of(CatalogueFiles files, IReadOnlyCollection<Metric> published)
    {
        var there = published.ToDictionary(MetricEntry.KeyOf, StringComparer.Ordinal);
        var written = files.Entries.ToDictionary(static entry => entry.Key, StringComparer.Ordinal);
        var codes = files.Metrics.Select(static metric => metric.Code).ToHashSet(StringComparer.Ordinal);
        var changes = files.Entries.Select(entry => Compare(entry, files, there.GetValueOrDefault(entry.Key), published))
            .Concat(published.Where(metric => !written.ContainsKey(MetricEntry.KeyOf(metric))).Select(metric => Absent(metric, codes.Contains(metric.Code))));
        return new CatalogueDiff([.. changes.OrderBy(static change => change.Metric.Code, StringComparer.Ordinal).ThenBy(static change => change.Metric.Version)]);
    }

    private static CatalogueChange Compare(MetricEntry entry, CatalogueFiles files, Metric? there, IReadOnlyCollection<Metric> published)
    {
        if (there is null)
            return New(entry, published);
        var edited = MetricFields.Differences(there, entry.Metric);
        if (edited.Count == 0)
            return new CatalogueChange(CatalogueChangeKind.Unchanged, there, there, "");
        if (edited is not [{ Name: "to" }])
            return Refused(entry, there, $"a published version is never edited; write version {Next(published, there.Code)} instead. Edited: {string.Join(", ", edited)}");
        if (Follower(published, there) is { } known)
            return Refused(entry, there, $"version {known.Version} is published behind it, from {Shown(known.From)} on; a boundary between published versions stays. Edited: {edited[0]}");
        return End(entry.Metric, there, Follower(files.Metrics, there));
    }

    // The last published version may end, earlier or later than it was said to, or not at all: metering counts anew what lies between.
    private static CatalogueChange End(Metric metric, Metric there, Metric? follower)
    {
        var was = there.To is { } before ? "was " + Shown(before) : "had no end";
        if (metric.To is null)
            return new CatalogueChange(CatalogueChangeKind.Resumed, metric, there, $"has no end any more, {was}");
        return follower?.From == metric.To
            ? new CatalogueChange(CatalogueChangeKind.Superseded, metric, there, $"ends {Shown(metric.To)}, {was}; version {follower.Version} takes over")
            : new CatalogueChange(CatalogueChangeKind.Ended, metric, there, $"ends {Shown(metric.To)}, {was}; no version takes over{(follower is null ? "" : FormattableString.Invariant($" until version {follower.Version}, {Shown(follower.From)}"))}");
    }

    private static Metric? Follower(IEnumerable<Metric> metrics, Metric version) =>
        metrics.Where(metric => metric.Code == version.Code && metric.Version > version.Version).MinBy(static metric => metric.Version);

    private static CatalogueChange New(MetricEntry entry, IReadOnlyCollection<Metric> published)
    {
        var metric = entry.Metric;
        var newer = published.Where(known => known.Code == metric.Code && known.Version > metric.Version).Select(static known => known.Version).DefaultIfEmpty().Max();
        return newer > 0
            ? Refused(entry, null, $"version {newer} is published already; a new version takes the next number, {newer + 1}")
            : new CatalogueChange(CatalogueChangeKind.New, metric, null, $"holds from {Shown(metric.From)}{(metric.To is { } to ? " to " + Shown(to) : "")}");
    }

    private static CatalogueChange Absent(Metric metric, bool hasOthers) => hasOthers
        ? new CatalogueChange(CatalogueChangeKind.Refused, metric, metric, "it is published, and the metric's file lacks it; a version is never deleted, put it back")
        : new CatalogueChange(CatalogueChangeKind.Elsewhere, metric, metric, "published, not in these files; it stays");

    private static CatalogueChange Refused(MetricEntry entry, Metric? there, string why) =>
        new(CatalogueChangeKind.Refused, entry.Metric, there, FormattableString.Invariant($"{entry.File}:{entry.Line}: {why}"));

    private static int Next(IReadOnlyCollection<Metric> published, string code) => published.Where(metric => metric.Code == code).Max(static metric => metric.Version) + 1;

    private static string Shown(DateTimeOffset? time) => time is { } instant ? CatalogueTime.Instant(instant) : "never";
}

/// <summary>What would become of a version.</summary>
/// <param name="Kind">What.</param>
/// <param name="Metric">The version as it would be.</param>
/// <param name="Before">As it is published; null when it isn't.</param>
/// <param name="Text">More about it, for people.</param>
internal sealed record CatalogueChange(CatalogueChangeKind Kind, Metric Metric, Metric? Before, string Text)
{
    /// <summary>Code and version.</summary>
    public string Key => MetricEntry.KeyOf(Metric);

    /// <summary>As a line of a listing.</summary>
    public override string ToString() => $"{Kind.ToString().ToLowerInvariant(),-11}{Key}{(Text.Length > 0 ? "  " + Text : "")}";
}

/// <summary>Kinds of changes.</summary>
internal enum CatalogueChangeKind
{
    /// <summary>Published as it is in the file.</summary>
    Unchanged,

    /// <summary>Not published yet.</summary>
    New,

    /// <summary>Published, and ended by a new version.</summary>
    Superseded,

    /// <summary>Published, and ended by its file's word; no version takes over then.</summary>
    Ended,

    /// <summary>Published with an end that its file has taken back.</summary>
    Resumed,

    /// <summary>Published, of a metric that these files don't tell of.</summary>
    Elsewhere,

    /// <summary>Would edit what is published.</summary>
    Refused,
}
