using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>What metering remembers.</summary>
internal sealed class MeteringStores(UsageSerdes serdes)
{
    /// <summary>Identities of the events seen, with their times.</summary>
    public StoreBuilder<EventDigest, long> Seen { get; } = Stores.KeyValue("seen", EventDigestSerde.Instance, Serdes.Int64);

    /// <summary>How events ended; the store's changelog is the public topic.</summary>
    public StoreBuilder<OutcomeKey, OutcomeTally> Outcomes { get; } =
        Stores.KeyValue("outcomes", OutcomeKeySerde.Instance, new OutcomeTallySerde(serdes.Outcomes)).WithChangelog(serdes.Topics.Outcomes);

    /// <summary>What waits for a mapping; the store's changelog is the public topic.</summary>
    public StoreBuilder<string, ParkedTenant> Parked { get; } =
        Stores.KeyValue("parked", Serdes.Utf8, serdes.Parked).WithChangelog(serdes.Topics.Parked);
}
