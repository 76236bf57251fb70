using Confluent.Kafka;
using UsageStreams.Streams.Internal.Faults;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>Takes a record of a changelog, a table, or an input read again.</summary>
internal delegate void RecordRestorer(in InputRecord record);

/// <summary>One partition that is read up to some point.</summary>
internal sealed class CatchUpPartition(TopicPartition partition, RecordRestorer restore, TableFaults? faults = null, long now = 0)
{
    private long _current = -1;

    /// <summary>Who decides about records that can't be read; null for a changelog, which nobody else may write.</summary>
    public TableFaults? Faults => faults;

    public TopicPartition Partition { get; } = partition;

    public RecordRestorer Restore { get; } = restore;

    /// <summary>Where reading begins: what lies before is known. Null for the beginning.</summary>
    public long? From { get; set; }

    /// <summary>Unix ms: without <see cref="From"/>, reading begins with the first record that arrived then or later. Null for the beginning.</summary>
    public long? Since => Retention is { } retention ? Math.Max(0, Now - (long)retention.TotalMilliseconds) : null;

    /// <summary>How far back of <see cref="Now"/> records matter; null when all do.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>Unix ms: when what is processed next arrived. The present, unless processing has fallen behind: see <see cref="FallenBehindTo"/>.</summary>
    public long Now { get; private set; } = now;

    /// <summary>Records at this offset and beyond are not taken. Null: the target is the high watermark, and records beyond do no harm.</summary>
    public long? Until { get; init; }

    /// <summary>Told why <see cref="From"/> can't be right; sets it to null, here and wherever the same state rests on it.</summary>
    public Action<string>? Distrusted { get; set; }

    /// <summary>Where reading ends: <see cref="Until"/>, or the high watermark when reading began.</summary>
    public long Target { get; private set; }

    /// <summary>Everything below is read.</summary>
    public long Position { get; private set; }

    public bool IsDone { get; private set; }

    public long Records { get; private set; }

    /// <summary>Unix ms: what arrived until then is taken, as far as is known; null while nothing is.</summary>
    public long? Current => _current < 0 ? null : _current;

    /// <summary>What arrived until <paramref name="now"/> (Unix ms) is taken.</summary>
    public void WasCurrent(long now) => _current = Math.Max(_current, now);

    /// <summary>What is processed next arrived at that time or later: state must reach as far back of it as it would of the present.</summary>
    public void FallenBehindTo(long arrival) => Now = Math.Min(Now, arrival);

    /// <summary>Compares <see cref="From"/> with what the log has.</summary>
    public void Check(long low, long high)
    {
        if (From < low || From > high)
            Distrusted!($"{Partition.Topic} [{Partition.Partition.Value}] has offsets {low} to {high}, and the state ends at {From}");
    }

    /// <summary>Reading begins at <paramref name="start"/>; null for the beginning, wherever that is.</summary>
    public void Begin(long? start, long target)
    {
        Target = target;
        Position = start ?? 0;
        IsDone = Position >= target;
    }

    /// <summary>Takes a record.</summary>
    public void Take(in InputRecord record)
    {
        if (record.Offset < Until || Until is null)
        {
            Restore(in record);
            Records++;
            WasCurrent(record.Arrival);
        }

        Reached(record.Offset + 1);
    }

    /// <summary>Everything below <paramref name="position"/> is read, or was never there.</summary>
    /// <returns>Whether that reached the target just now.</returns>
    public bool Reached(long position)
    {
        Position = Until is { } until ? Math.Min(position, until) : position;
        if (IsDone || Position < Target)
            return false;
        return IsDone = true;
    }
}
