using UsageStreams.Streams.Internal.State;

namespace UsageStreams.Streams.Testing.Simulation.Disks;

/// <summary>The folder of a task on a simulated disk.</summary>
internal sealed class SimulatedFolder(Func<bool> loses) : SegmentFolder
{
    private readonly SortedDictionary<int, SimulatedSegment> _segments = [];

    public override string Name => "simulated";

    public bool IsOpen { get; set; }

    public IReadOnlyCollection<SimulatedSegment> Segments => _segments.Values;

    public override IReadOnlyList<int> Numbers() => [.. _segments.Keys];

    public override Segment Create(int number)
    {
        var segment = new SimulatedSegment(number, loses);
        _segments[number] = segment;
        return segment;
    }

    public override Segment Open(int number) => _segments[number];

    public override void Delete(int number) => _segments.Remove(number);

    public override void Dispose() => IsOpen = false;

    public SimulatedFolder Copy(Func<bool> losesNow)
    {
        var copy = new SimulatedFolder(losesNow);
        foreach ((int number, SimulatedSegment segment) in _segments)
            copy._segments.Add(number, segment.Copy(losesNow));
        return copy;
    }
}
