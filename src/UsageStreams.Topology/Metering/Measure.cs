using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>Counts an event under each metric that matches it.</summary>
internal sealed class Measure(GlobalKTable<string, Metric> metrics) : IProcessor<string, ResolvedEvent, PartialKey, Partial>
{
    private ProcessorContext<PartialKey, Partial> _context = null!;
    private MetricRules _rules = null!;

    public void Init(ProcessorContext<PartialKey, Partial> context)
    {
        _context = context;
        _rules = new MetricRules(context.GetTable(metrics));
    }

    public void Process(in Record<string, ResolvedEvent> record)
    {
        var (usage, identity, account, contract) = record.Value;
        var at = _context.Metadata;
        foreach (var rule in _rules.All())
        {
            if (!rule.Matches(usage)) continue;
            var window = new WindowKey(account, contract, rule.Code, rule.Version, rule.WindowStart(record.Timestamp));
            var partial = Partial.More(rule.Aggregation, contractVersion: 1, usage.Tenant);
            partial.Add(new Sample(usage.Quantity ?? 0, usage.User, record.Timestamp, identity), new EventPosition(at.Topic, at.Partition, at.Offset), record.Headers);
            _context.Forward(new Record<PartialKey, Partial>(new PartialKey(window, usage.Tenant, BookedIn: null), partial, record.Timestamp));
        }
    }
}
