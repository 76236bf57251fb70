using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine.Peer;

/// <summary>Forwards an event the first time that its tenant sends it.</summary>
internal sealed class FirstOfId(StoreBuilder<NameAndNumber, long> store) : IProcessor<string, PeerEvent, string, PeerEvent>, IPrefetchingProcessor<string, PeerEvent>
{
    private ProcessorContext<string, PeerEvent> _context = null!;
    private KeyValueStore<NameAndNumber, long> _seen = null!;

    public static bool Is(in Record<string, PeerEvent> record, KeyValueStore<NameAndNumber, long> seen) =>
        seen.TryAdd(IdOf(in record), record.Timestamp);

    private static NameAndNumber IdOf(in Record<string, PeerEvent> record) => new(record.Key, record.Value.Id);

    public void Init(ProcessorContext<string, PeerEvent> context)
    {
        _context = context;
        _seen = context.GetStore(store);
    }

    public void Prefetch(in Record<string, PeerEvent> record)
    {
        _seen.Prefetch(IdOf(in record));
        _context.Prefetch(in record);
    }

    public void Process(in Record<string, PeerEvent> record)
    {
        if (Is(in record, _seen)) _context.Forward(in record);
    }
}
