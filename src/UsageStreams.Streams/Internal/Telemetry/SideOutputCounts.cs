namespace UsageStreams.Streams.Internal.Telemetry;

/// <summary>Counts one thread's records that were sent aside. Written by the thread alone.</summary>
internal sealed class SideOutputCounts
{
    private readonly Dictionary<(string Node, string SideOutput), RecordCount> _counts = [];

    /// <summary>The count of a side output, the same for all tasks of the thread.</summary>
    public RecordCount Of(string node, string sideOutput)
    {
        if (!_counts.TryGetValue((node, sideOutput), out RecordCount? count))
            _counts.Add((node, sideOutput), count = new RecordCount());
        return count;
    }

    public SideOutputMetrics[] Snapshot() => [.. _counts.Select(static c => new SideOutputMetrics(c.Key.Node, c.Key.SideOutput, c.Value.Records))];
}

/// <summary>A number that grows.</summary>
internal sealed class RecordCount
{
    public long Records { get; private set; }

    public void Add() => Records++;
}
