using UsageStreams.Streams.Internal.State;

namespace UsageStreams.Streams.Testing.Simulation.Disks;

/// <summary>The state directory of a place where workers run. It outlives their processes, and not all that was written outlives them with it.</summary>
internal sealed class SimulatedDisk(SimulationRun run, string owner) : IStateFolders
{
    private readonly SortedDictionary<string, SimulatedFolder> _folders = new(StringComparer.Ordinal);

    /// <summary>Small, so that a run gets to the next segment.</summary>
    public int SegmentBytes { get; } = run.Random.Pick([400, 1500, 6000]);

    public SegmentFolder? TryOpen(TaskId task)
    {
        string name = $"{task}";
        if (!_folders.TryGetValue(name, out SimulatedFolder? folder))
            _folders.Add(name, folder = new SimulatedFolder(Loses));
        if (folder.IsOpen)
            return null;
        folder.IsOpen = true;
        return folder;
    }

    /// <summary>The process that had it is gone, perhaps with the machine.</summary>
    public void Crash()
    {
        foreach (SimulatedFolder folder in _folders.Values)
            folder.IsOpen = false;
        if (!run.FaultsOn)
            return;
        foreach (SimulatedSegment segment in _folders.Values.SelectMany(static f => f.Segments))
        {
            switch (run.Random.Next(24))
            {
                case 0 or 1 when segment.Tear(run.Random):
                    run.Trace.Fault(owner, "torn state");
                    break;
                case 2 or 3 when segment.Lose(run.Random):
                    run.Trace.Fault(owner, "lost state");
                    break;
                case 4 when segment.Corrupt(run.Random):
                    run.Trace.Fault(owner, "corrupt state");
                    break;
            }
        }
    }

    /// <summary>A directory as this one is now.</summary>
    public SimulatedDisk Copy()
    {
        var copy = new SimulatedDisk(run, owner);
        foreach ((string name, SimulatedFolder folder) in _folders)
            copy._folders.Add(name, folder.Copy(copy.Loses));
        return copy;
    }

    private bool Loses() => run.Breakage == Breakage.StateWriteLost && run.FaultsOn && run.Random.PerMille(200);
}
