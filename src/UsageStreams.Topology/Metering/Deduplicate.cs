using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>Lets an event through the first time its tenant, source and id are seen; its time plays no part in that.</summary>
internal sealed class Deduplicate(StoreBuilder<EventDigest, long> seen, StoreBuilder<OutcomeKey, OutcomeTally> outcomes)
    : IProcessor<string, UsageEvent, string, IdentifiedEvent>
{
    private ProcessorContext<string, IdentifiedEvent> _context = null!;
    private KeyValueStore<EventDigest, long> _seen = null!;
    private OutcomeCounter _outcomes = null!;

    public void Init(ProcessorContext<string, IdentifiedEvent> context)
    {
        _context = context;
        _seen = context.GetStore(seen);
        _outcomes = new OutcomeCounter(context.GetStore(outcomes), context.TaskId.Partition);
    }

    public void Process(in Record<string, UsageEvent> record)
    {
        var usage = record.Value;
        var identity = EventDigest.Of(usage.Tenant, usage.Source, usage.Id);
        if (_seen.TryGet(identity, out _))
        {
            _outcomes.Count(record.Key, Outcome.Duplicate);
            return;
        }

        _seen.Put(identity, record.Timestamp);
        _context.Forward(record.WithValue(new IdentifiedEvent(usage, identity)));
    }
}

/// <summary>An event that was not seen before, with its identity.</summary>
internal readonly record struct IdentifiedEvent(UsageEvent Usage, EventDigest Identity);
