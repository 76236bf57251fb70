using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Testing.Simulation.Log;

namespace UsageStreams.Streams.Testing.Simulation.Workers;

/// <summary>Reads changelogs and tables to the high watermark that they had, and tables on from there.</summary>
internal sealed class SimulatedCatchUp(SimulatedWorker worker, string purpose, bool follow) : ICatchUpReader
{
    private readonly SimulatedLog _log = worker.Run.Log;
    private readonly List<(CatchUpPartition Partition, long Position)> _reading = [];

    public long Records { get; private set; }

    public bool IsCaughtUp => _reading.TrueForAll(static r => r.Partition.IsDone);

    public void Add(IReadOnlyList<CatchUpPartition> partitions)
    {
        worker.Reach($"find the ends of {purpose} topics", Risk.Step);
        worker.MayFail($"find the ends of {purpose} topics", "ends not found");
        foreach (CatchUpPartition partition in partitions)
        {
            SimulatedPartition log = _log[partition.Partition];
            partition.Check(log.Start, log.HighWatermark);
        }

        foreach (CatchUpPartition partition in partitions)
        {
            SimulatedPartition log = _log[partition.Partition];
            long end = worker.Run.Breakage == Breakage.RestoreToLastStable ? log.LastStable : log.HighWatermark;
            if (partition.Until < log.HighWatermark)
                partition.FallenBehindTo(log.Entries[(int)partition.Until.Value].Timestamp);
            long? start = partition.From ?? (partition.Since is { } since ? log.Since(since) : null);
            partition.Begin(start, partition.Until ?? end);
            if (!partition.IsDone || follow)
                _reading.Add((partition, start ?? log.Start));
        }
    }

    public void Remove(IEnumerable<CatchUpPartition> partitions)
    {
        foreach (CatchUpPartition partition in partitions)
            _reading.RemoveAll(r => ReferenceEquals(r.Partition, partition));
    }

    public long? End(TopicPartition partition) => _log[partition].HighWatermark;

    public void Step(int limit, TimeSpan wait)
    {
        if (_reading.Count == 0)
            return;
        worker.Reach($"read {purpose}", Risk.Read);
        int left = Math.Min(limit, worker.Run.FaultsOn ? worker.Run.Random.Between(1, 40) : limit);
        bool any = false;
        for (int i = _reading.Count - 1; i >= 0 && left > 0; i--)
            any |= Read(i, ref left);
        if (!any && wait > TimeSpan.Zero)
            worker.Wait();
    }

    public void Dispose() => _reading.Clear();

    private bool Read(int index, ref int left)
    {
        (CatchUpPartition partition, long position) = _reading[index];
        long before = position;
        while (left > 0 && _log[partition.Partition].Read(ref position) is { } entry)
        {
            left--;
            Records++;
            if (entry.Key is not null)
                partition.Take(entry.ToInput(position - 1));
        }

        _reading[index] = (partition, position);
        partition.Reached(position);
        if (partition.IsDone && !follow)
            _reading.RemoveAt(index);
        return position != before;
    }
}
