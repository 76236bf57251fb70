using UsageStreams.Streams.Testing.Simulation.Disks;

namespace UsageStreams.Streams.Testing.Simulation.Workers;

/// <summary>The places for workers, each with its present process, and processes that were superseded and do not know it yet.</summary>
internal sealed class WorkerFleet
{
    private readonly SimulationRun _run;
    private readonly bool _named;
    private readonly SimulatedWorker[] _present;
    private readonly List<SimulatedWorker> _superseded = [];
    private readonly TimeSpan _absence;
    private readonly SimulatedDisk?[] _disks;
    private readonly SimulatedDisk?[] _stale;
    private int _started;

    public WorkerFleet(SimulationRun run, int places, bool keepsState)
    {
        _run = run;
        _named = run.Random.PerMille(500);
        _absence = TimeSpan.FromMilliseconds(run.Random.Between(1, 900));
        _disks = [.. Enumerable.Range(0, places).Select(place => keepsState ? new SimulatedDisk(run, $"disk-{place}") : null)];
        _stale = new SimulatedDisk?[places];
        _present = [.. Enumerable.Range(0, places).Select(Start)];
    }

    public bool IsRunning => _superseded.Count == 0 && Array.TrueForAll(_present, static w => !w.IsDead && w.IsRunning);

    /// <summary>Whether another is not inside a step, or can be started: somebody who could take over.</summary>
    public bool HasOther(SimulatedWorker worker) => Array.Exists(_present, w => w != worker && !w.IsInside);

    /// <summary>One worker does one step, or a dead one is started again.</summary>
    public void Step()
    {
        int choice = _run.Random.Next(_present.Length + _superseded.Count);
        if (choice < _present.Length)
        {
            Step(choice);
        }
        else if (!_superseded[choice - _present.Length].IsInside)
        {
            SimulatedWorker old = _superseded[choice - _present.Length];
            old.Step();
            if (old.IsDead)
                _superseded.Remove(old);
        }
    }

    public void StepAll()
    {
        for (int place = 0; place < _present.Length; place++)
            Step(place);
    }

    public void Transmit()
    {
        SimulatedWorker worker = _run.Random.Pick(_present);
        if (!worker.IsDead)
            worker.Producer?.Transmit(_run.Random.Between(1, 5));
    }

    /// <summary>Starts another process in the place of one that still runs.</summary>
    public void Supersede(SimulatedWorker worker)
    {
        int place = Array.IndexOf(_present, worker);
        if (place < 0)
            return;
        worker.IsSuperseded = true;
        _superseded.Add(worker);
        // The directory is locked, so the other process is on another machine.
        _disks[place] = _disks[place]?.Copy();
        _present[place] = Start(place);
    }

    /// <summary>All processes end.</summary>
    public void Kill()
    {
        foreach (SimulatedWorker worker in _present)
            worker.Kill();
    }

    public void EndSuperseded()
    {
        foreach (SimulatedWorker worker in _superseded)
            worker.Kill();
        _superseded.Clear();
    }

    private void Step(int place)
    {
        SimulatedWorker worker = _present[place];
        if (worker.IsInside)
            return;
        if (!worker.IsDead)
            worker.Step();
        else if (_run.Log.Now - worker.DiedAt >= _absence)
            _present[place] = Start(place);
    }

    private SimulatedWorker Start(int place)
    {
        // An unnamed process has a transactional id that no other had.
        Return(place);
        string name = _named ? $"worker-{place}" : $"worker-{place}.{++_started}";
        return new SimulatedWorker(_run, name, _named ? name : null, _disks[place]);
    }

    /// <summary>The directory that a new process finds: that of the last one, or now and then one that was put aside long ago.</summary>
    private void Return(int place)
    {
        if (_disks[place] is not { } disk)
            return;
        if (_run.FaultsOn && _run.Random.PerMille(100))
        {
            SimulatedDisk? stale = _stale[place];
            _stale[place] = disk.Copy();
            if (stale is not null)
            {
                _run.Trace.Fault($"disk-{place}", "stale state directory");
                _disks[place] = disk = stale;
            }
        }

        disk.Crash();
    }
}
