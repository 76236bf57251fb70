using System.Globalization;

namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>What the tasks of one upstream sub-topology announced.</summary>
internal sealed class UpstreamTimes
{
    private Entry[] _entries = [];

    public bool AllAnnounced => Array.TrueForAll(_entries, static e => e.Announced);

    public bool AllIdle => Array.TrueForAll(_entries, static e => e.Idle);

    public void Take(Watermark watermark)
    {
        Grow(watermark.Partitions);
        ref Entry entry = ref _entries[watermark.Partition];
        entry.Announced = true;
        entry.Idle = watermark.IsIdle;
        // An upstream that restarted may repeat an older time.
        if (watermark.Time is { } time && (entry.Time is null || time > entry.Time))
            entry.Time = time;
    }

    public void Fold(ref long? smallestActive, ref long? largestIdle)
    {
        foreach (Entry entry in _entries)
        {
            if (entry.Time is not { } time)
                continue;
            if (entry.Idle)
                largestIdle = largestIdle is null || time > largestIdle ? time : largestIdle;
            else
                smallestActive = smallestActive is null || time < smallestActive ? time : smallestActive;
        }
    }

    public string Save(int partition)
    {
        Entry entry = _entries[partition];
        string time = entry.Time?.ToString(CultureInfo.InvariantCulture) ?? "-";
        return $"{_entries.Length} {time} {(entry.Idle ? "idle" : "active")}";
    }

    public void Load(int partition, string saved)
    {
        string[] parts = saved.Split(' ');
        Grow(int.Parse(parts[0], CultureInfo.InvariantCulture));
        _entries[partition] = new Entry
        {
            Announced = true,
            Idle = parts[2] == "idle",
            Time = parts[1] == "-" ? null : long.Parse(parts[1], CultureInfo.InvariantCulture),
        };
    }

    private void Grow(int partitions)
    {
        if (partitions > _entries.Length)
            Array.Resize(ref _entries, partitions);
    }

    private struct Entry
    {
        public bool Announced;
        public bool Idle;
        public long? Time;
    }
}
