using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>Counts an event under each metric that matches it.</summary>
internal sealed class Measure(GlobalKTable<string, Metric> metrics) : IProcessor<string, ResolvedEvent, WindowKey, Partial>
{
    private ProcessorContext<WindowKey, Partial> _context = null!;
    private MetricRules _rules = null!;

    public void Init(ProcessorContext<WindowKey, Partial> context)
    {
        _context = context;
        _rules = new MetricRules(context.GetTable(metrics));
    }

    public void Process(in Record<string, ResolvedEvent> record)
    {
        var (usage, _, account, contract) = record.Value;
        foreach (var rule in _rules.All())
        {
            if (!rule.Matches(usage)) continue;
            var window = new WindowKey(account, contract, rule.Code, rule.Version, rule.WindowStart(record.Timestamp));
            var partial = Partial.Of(record.Value, rule.Aggregation, record.Headers, _context.Metadata);
            _context.Forward(new Record<WindowKey, Partial>(window, partial, record.Timestamp));
        }
    }
}
