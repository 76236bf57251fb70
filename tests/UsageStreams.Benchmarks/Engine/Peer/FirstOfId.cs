using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine.Peer;

/// <summary>Forwards an event the first time that its tenant sends it.</summary>
internal sealed class FirstOfId(StoreBuilder<NameAndNumber, long> store) : IProcessor<string, PeerEvent, string, PeerEvent>
{
    private ProcessorContext<string, PeerEvent> _context = null!;
    private KeyValueStore<NameAndNumber, long> _seen = null!;

    public static bool Is(in Record<string, PeerEvent> record, KeyValueStore<NameAndNumber, long> seen) =>
        seen.TryAdd(new NameAndNumber(record.Key, record.Value.Id), record.Timestamp);

    public void Init(ProcessorContext<string, PeerEvent> context)
    {
        _context = context;
        _seen = context.GetStore(store);
    }

    public void Process(in Record<string, PeerEvent> record)
    {
        if (Is(in record, _seen)) _context.Forward(in record);
    }
}
