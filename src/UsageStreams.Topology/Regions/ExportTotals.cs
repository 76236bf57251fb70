using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Regions;

/// <summary>Takes running totals over, deletions too. A total of the region stands beside those of others, under a key of its own.</summary>
internal sealed class ExportTotals(Aggregates aggregates) : IProcessor<string, RunningTotal, string, RunningTotal>
{
    private ProcessorContext<string, RunningTotal> _context = null!;

    public void Init(ProcessorContext<string, RunningTotal> context) => _context = context;

    public void Process(in Record<string, RunningTotal> record)
    {
        var key = aggregates.Prefix + record.Key;
        _context.Forward(record.IsTombstone
            ? Record<string, RunningTotal>.Tombstone(key, record.Timestamp, RecordHeaders.Empty)
            : new Record<string, RunningTotal>(key, aggregates.Of(record.Value), record.Timestamp, RecordHeaders.Empty));
    }
}
