using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Regions;

/// <summary>
/// Takes a region's ledger and running totals to the global ones, as aggregates: each entry once, in the same transaction as the position it was read at.
/// Its tasks tell the global ledger how far the region is, so that billing waits for the slowest region.
/// </summary>
public static class RegionExportTopology
{
    /// <summary>Describes the topology.</summary>
    /// <param name="serdes">Serdes of the region's topics.</param>
    /// <param name="kept">What stays home beyond what always does.</param>
    /// <exception cref="ArgumentException">The topics are of no region.</exception>
    public static Streams.Topology Build(UsageSerdes serdes, KeptHome kept = KeptHome.None)
    {
        var topics = serdes.Topics;
        if (topics.Region.Length == 0)
            throw new ArgumentException("The topics are of no region, so that there is nothing to take anywhere; name one: new UsageTopics(prefix, \"eu\").", nameof(serdes));
        var global = serdes with { Topics = topics.Global };
        var aggregates = new Aggregates(topics.Region, kept);
        var builder = new StreamsBuilder();

        builder.Stream(topics.Ledger, Consumed.With(Serdes.Utf8, serdes.Ledger).WithName(UpstreamOf(topics.Region)).WithStreamTimeFromWatermarks())
            .Map<string, LedgerEntry>("aggregate", (in Record<string, LedgerEntry> entry) =>
                new Record<string, LedgerEntry>(entry.Key, aggregates.Of(entry.Value), entry.Timestamp, RecordHeaders.Empty))
            .To(topics.Global.Ledger, Produced.With(Serdes.Utf8, global.Ledger).WithName("ledger").WithWatermarks(TimeSpan.FromHours(1)));
        builder.Table(topics.Running, Consumed.With(Serdes.Utf8, serdes.Running).WithName("running-totals"))
            .ToStream("totals")
            .Process("aggregate-totals", () => new ExportTotals(aggregates))
            .To(topics.Global.Running, Produced.With(Serdes.Utf8, global.Running).WithName("running"));
        return builder.Build();
    }

    /// <summary>The name under which a region's tasks tell the global ledger how far they are.</summary>
    public static string UpstreamOf(string region) => "export-" + region;
}
