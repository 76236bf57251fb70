using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering.Decoding;
using UsageStreams.Topology.Regions;

namespace UsageStreams.Topology.Metering;

/// <summary>The half of metering that runs by tenant: from raw events to what each tenant adds to each window, on its way to the windows' accounts.</summary>
internal static class MeterHalf
{
    public static KStream<PartialKey, Partial> Of(StreamsBuilder builder, UsageSerdes serdes, MeteringStores stores, ReferenceTables references, MeteringOptions options)
    {
        var topics = serdes.Topics;
        var decisions = builder.GlobalTable(topics.ExceptionDecisions, Consumed.With(Serdes.Utf8, serdes.ExceptionDecisions).WithName("exception-decisions"));
        var home = options.Residency is { } rules ? new RegionHome(rules, topics.Region) : null;
        var pools = new EventPools();
        var conflicts = new SideOutput<byte[]?, RejectedEvent>("conflicts");
        var rejected = Produced.With<byte[]?, RejectedEvent>(Serdes.Bytes!, serdes.Rejected);

        var metered = builder
            .Stream(
                topics.Events,
                Consumed.With(new PooledTextSerde(pools.Names), new IncomingEventSerde(serdes.Registry, pools))
                    .WithName("events").WithCheck(UsageEventCheck.Check).WithTimestamps(UsageEventCheck.EventTime),
                out var undecodable)
            .Process("meter", () => new Meter(stores, new MeterTables(references, decisions, home), options, conflicts), stores.OfMeter);
        metered.SideOutput(conflicts).To(topics.Rejected, rejected.WithName("conflicts"));
        undecodable
            .Process("reject", () => new RejectUndecodable(stores, options), stores.Outcomes, stores.Exceptions)
            .To(topics.Rejected, rejected.WithName("rejected"));
        return metered.Repartition(Repartitioned.With("partials", PartialKeySerde.Instance, serdes.Partials)
            .WithPartitioner(static (key, partitions) => Partitioners.Murmur2(key.Window.Account, partitions))
            .WithCombiner(static (all, next) => all.Combine(next)));
    }
}
