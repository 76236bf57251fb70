using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering.Settling;

namespace UsageStreams.Topology.Metering;

/// <summary>
/// From raw events to the ledger. <c>meter</c> runs by tenant: it checks events, drops those seen before, finds account and contract as of the event's time
/// and counts them per window; <c>settle</c> runs by account: it adds up what the tenants' tasks counted and writes an entry when a window closes.
/// Each record ends in exactly one of ledger, duplicate, rejected, parked, late-rejected.
/// </summary>
public static class MeteringTopology
{
    /// <summary>Describes the topology.</summary>
    /// <param name="serdes">Serdes and names of the topics.</param>
    /// <param name="options">What the installation decided; null for the defaults.</param>
    /// <exception cref="ArgumentException">The options say who is at home where, and the topics are of no region.</exception>
    public static Streams.Topology Build(UsageSerdes serdes, MeteringOptions? options = null)
    {
        var settings = options ?? new MeteringOptions();
        if (settings.Residency is not null && serdes.Topics.Region.Length == 0)
            throw new ArgumentException("The topics are of no region, so that nobody can be at home elsewhere; name one: new UsageTopics(prefix, \"eu\").", nameof(options));
        var builder = new StreamsBuilder();
        var stores = new MeteringStores(serdes, settings);
        var settling = new SettlingStores(serdes);
        var references = ReferenceTables.Of(builder, serdes);

        MeterHalf.Of(builder, serdes, stores, references, settings)
            .Process("settle", () => new Settle(settling, references, settings.WindowRetention), settling.All)
            .To(serdes.Topics.Ledger, Produced.With(Serdes.Utf8, serdes.Ledger).WithName("ledger").WithWatermarks(TimeSpan.FromHours(1)));
        return builder.Build();
    }
}
