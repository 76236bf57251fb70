using UsageStreams.Streams.Internal.State;

namespace UsageStreams.Streams;

/// <summary>The state of one store in one task.</summary>
public abstract class StateStore
{
    /// <summary>A mark that nobody will look for any more: its key may go without a trace.</summary>
    internal const int SpentMark = -1;

    private long _touches;

    private protected StateStore(string name) => Name = name;

    /// <summary>Name of the store.</summary>
    public string Name { get; }

    /// <summary>Number of keys.</summary>
    public abstract int Count { get; }

    /// <summary>
    /// Grows with every change, and with every value handed out that could be changed in place: what a failed record may have left here.
    /// </summary>
    internal virtual long Touches => _touches;

    /// <summary>Where committed changes are kept beside the task; null for nowhere.</summary>
    private protected StoreLog? Log { get; private set; }

    /// <summary>Whether changes must be known at the commit.</summary>
    private protected bool TracksChanges => HasChangelog || Log is not null || KeepsMarks;

    /// <summary>Whether somebody marks keys that change.</summary>
    private protected bool KeepsMarks { get; private set; }

    private protected bool HasChangelog { get; private set; } = true;

    /// <summary>Whether there is something in the log that compaction would take away, though it is the last of its key.</summary>
    internal virtual bool WantsCompaction => false;

    /// <summary>Says where changes go at a commit. Called before anything is restored.</summary>
    internal virtual void Attach(StoreLog? log, bool hasChangelog) =>
        (Log, HasChangelog) = (log, hasChangelog);

    /// <summary>Keeps marks of keys that change, from now on. Called before the first record.</summary>
    internal virtual void KeepMarks() => KeepsMarks = true;

    /// <summary>Fetches the entries of the keys that were asked for ahead.</summary>
    internal virtual void FetchEntries()
    {
    }

    /// <summary>Takes a changelog record over.</summary>
    internal abstract void Restore(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool deleted);

    /// <summary>Takes a record of the local log over.</summary>
    internal abstract void Load(in LogRecord record);

    /// <summary>Adds a record of the local log to it once more, if it is the last of its key.</summary>
    internal abstract void Move(in LogRecord record);

    /// <summary>Empties the store: what it holds can't be trusted.</summary>
    internal abstract void Clear();

    /// <summary>Gives back what the collector does not know of, when the store's task is closed. Whoever asks the store afterwards gets an error where it had such.</summary>
    internal virtual void Close()
    {
    }

    /// <summary>Writes the last value of each key changed since the last flush, in the order of first change.</summary>
    internal abstract void Flush(ChangelogWriter changelog);

    /// <summary>Something changed, or could be changed now.</summary>
    private protected void Touched() => _touches++;
}
