using UsageStreams.Model;

namespace UsageStreams.Oracle.Naive;

/// <summary>The filters of the loads' metrics, written out by hand: the oracle reads no expressions.</summary>
internal static class NaiveFilters
{
    /// <summary>What a filter says.</summary>
    public static Func<UsageEvent, bool> Of(string filter) => filter switch
    {
        "" => static _ => true,
        "status >= 200 and status < 400" => static usage => usage.Properties["status"][0] is '2' or '3',
        "feature in (\"search\", \"export\")" => static usage => usage.Properties["feature"] is "search" or "export",
        _ => throw new ArgumentException($"The oracle doesn't know the filter '{filter}'; write it out in NaiveFilters.", nameof(filter)),
    };
}
