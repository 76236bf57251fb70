using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering.Decoding;
using UsageStreams.Topology.Metering.State;

namespace UsageStreams.Topology.Metering;

/// <summary>What the meter remembers.</summary>
internal sealed class MeteringStores
{
    private readonly UsageSerdes _serdes;

    public MeteringStores(UsageSerdes serdes, MeteringOptions options)
    {
        _serdes = serdes;
        var window = options.DedupMillis;
        Seen = Stores.KeyValue("seen", EventDigestSerde.Instance, SeenSerde.Instance).OnDisk().WithRetention(options.DedupWindow, static seen => seen.Arrival).RestoredFromInput<string, IncomingEvent>(
            // What lies one window back may itself repeat what lies another one back.
            2 * options.DedupWindow,
            (in Record<string, IncomingEvent> record, in RecordMetadata at, KeyValueStore<EventDigest, Seen> store) => SeenEvents.Remember(store, window, record.Value, at));
        Outcomes = Stores.KeyValue("outcomes", OutcomeKeySerde.Instance, new OutcomeTallySerde(serdes.Outcomes)).WithChangelog(serdes.Topics.Outcomes);
        Parked = Stores.KeyValue("parked", Serdes.Utf8, serdes.Parked).WithChangelog(serdes.Topics.Parked);
        Exceptions = Stores.KeyValue("exceptions", Serdes.Utf8, serdes.Exceptions).WithChangelog(serdes.Topics.Exceptions);
        Withdrawn = Stores.KeyValue("withdrawn", EventDigestSerde.Instance, Of<Withdrawal>("withdrawn"));
        Applied = Stores.KeyValue("applied", Serdes.Utf8, Of<AppliedTenant>("applied"));
        Rules = Stores.KeyValue("applied-rules", Serdes.Utf8, Of<AppliedReference>("applied-rules"));
    }

    /// <summary>Identities of the events seen: on disk, and made again of the events themselves.</summary>
    public StoreBuilder<EventDigest, Seen> Seen { get; }

    /// <summary>How events ended; the store's changelog is the public topic.</summary>
    public StoreBuilder<OutcomeKey, OutcomeTally> Outcomes { get; }

    /// <summary>What waits for a mapping; the store's changelog is the public topic.</summary>
    public StoreBuilder<string, ParkedTenant> Parked { get; }

    /// <summary>What people should know of; the store's changelog is the public topic.</summary>
    public StoreBuilder<string, UsageException> Exceptions { get; }

    /// <summary>Events that were taken back.</summary>
    public StoreBuilder<EventDigest, Withdrawal> Withdrawn { get; }

    /// <summary>What each tenant's events are counted by.</summary>
    public StoreBuilder<string, AppliedTenant> Applied { get; }

    /// <summary>The metrics and products that events are counted by.</summary>
    public StoreBuilder<string, AppliedReference> Rules { get; }

    /// <summary>Those of the meter.</summary>
    public StoreBuilder[] OfMeter => [Seen, Outcomes, Parked, Exceptions, Withdrawn, Applied, Rules];

    private ISerde<T> Of<T>(string store)
        where T : class, Avro.IAvroRecord<T> => _serdes.Store<T>(_serdes.Topics.MeteringApplication, store);
}
