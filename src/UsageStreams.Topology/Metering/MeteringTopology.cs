using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering.Settling;

namespace UsageStreams.Topology.Metering;

/// <summary>
/// From raw events to the ledger. <c>meter</c> runs by tenant: it checks events, drops those seen before, finds account and contract as of the event's time
/// and counts them per window; <c>settle</c> runs by account: it adds up what the tenants' tasks counted and writes an entry when a window closes.
/// Each record ends in exactly one of ledger, duplicate, rejected, parked.
/// </summary>
public static class MeteringTopology
{
    /// <summary>How long after its end a window is kept for what comes late or is corrected, in stream time; at least until its billing period is locked.</summary>
    internal static readonly TimeSpan WindowRetention = TimeSpan.FromDays(46);

    /// <summary>Describes the topology.</summary>
    public static Streams.Topology Build(UsageSerdes serdes)
    {
        var topics = serdes.Topics;
        var builder = new StreamsBuilder();
        var stores = new MeteringStores(serdes);
        var settling = new SettlingStores(serdes);
        var references = ReferenceTables.Of(builder, serdes);

        builder
            .Stream(
                topics.Events,
                Consumed.With(Serdes.Utf8, serdes.Events).WithName("events").WithCheck(UsageEventCheck.Check).WithTimestamps(UsageEventCheck.EventTime),
                out var undecodable)
            .Process("deduplicate", () => new Deduplicate(stores.Seen, stores.Outcomes), stores.Seen, stores.Outcomes)
            .Process("resolve", () => new Resolve(references, stores.Parked, stores.Outcomes), stores.Parked, stores.Outcomes)
            .Process("measure", () => new Measure(references.Metrics))
            .Repartition(Repartitioned.With("partials", PartialKeySerde.Instance, serdes.Partials)
                .WithPartitioner(static (key, partitions) => Partitioners.Murmur2(key.Window.Account, partitions))
                .WithCombiner(static (all, next) => all.Combine(next)))
            .Process("settle", () => new Settle(settling, references, WindowRetention), settling.All)
            .To(topics.Ledger, Produced.With(Serdes.Utf8, serdes.Ledger).WithName("ledger").WithWatermarks(TimeSpan.FromHours(1)));
        undecodable
            .Process("reject", () => new RejectUndecodable(stores.Outcomes), stores.Outcomes)
            .To(topics.Rejected, Produced.With<byte[]?, RejectedEvent>(Serdes.Bytes!, serdes.Rejected).WithName("rejected"));
        return builder.Build();
    }
}
