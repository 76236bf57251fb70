using Confluent.Kafka;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Testing.Simulation.Log;

/// <summary>One entry of a partition's log: a record, or the marker that ends a transaction there.</summary>
internal sealed record LogEntry(
    byte[]? Key, byte[]? Value, RecordHeaders Headers, long Timestamp, SimulatedTransaction? Transaction, bool IsMarker)
{
    /// <summary>Whether compaction has taken it away.</summary>
    public bool IsGone { get; init; }

    /// <summary>The truth, which readers have to find out by markers.</summary>
    public bool IsCommitted => !IsMarker && !IsGone && (Transaction is null || Transaction.Outcome == true);

    public bool IsWatermark => Key is null && Value is null && Watermark.IsWatermark(Headers);

    public InputRecord ToInput(long offset) => InputRecord.Of(offset, Timestamp, Key, Value, Headers);
}

/// <summary>A partition as a broker keeps it: entries, open transactions, and the list of aborted ones that readers get.</summary>
internal sealed class SimulatedPartition(TopicPartition name)
{
    private readonly List<LogEntry> _entries = [];
    private readonly Dictionary<SimulatedTransaction, long> _open = [];
    private readonly List<(SimulatedTransaction Transaction, long First, long Marker)> _aborted = [];

    public TopicPartition Name { get; } = name;

    public IReadOnlyList<LogEntry> Entries => _entries;

    public long Start { get; private set; }

    public long HighWatermark => _entries.Count;

    /// <summary>Offset of the first record that arrived at <paramref name="timestamp"/> or later, or the end.</summary>
    public long Since(long timestamp)
    {
        int first = _entries.FindIndex(e => e.Timestamp >= timestamp);
        return first < 0 ? HighWatermark : Math.Max(Start, first);
    }

    public long LastStable => _open.Count == 0 ? HighWatermark : _open.Values.Min();

    public void Append(LogEntry entry)
    {
        if (entry.Transaction is not null)
            _open.TryAdd(entry.Transaction, HighWatermark);
        _entries.Add(entry);
    }

    /// <summary>Ends a transaction for the readers of this partition.</summary>
    public void Mark(SimulatedTransaction transaction, long timestamp)
    {
        if (!_open.Remove(transaction, out long first))
            return;
        if (transaction.Outcome != true)
            _aborted.Add((transaction, first, HighWatermark));
        _entries.Add(new LogEntry(null, null, RecordHeaders.Empty, timestamp, transaction, IsMarker: true));
    }

    /// <summary>
    /// The next record for a reader of committed records, from <paramref name="position"/>, which moves behind it; null at the last stable offset.
    /// </summary>
    public LogEntry? Read(ref long position)
    {
        if (position < Start)
            throw new KafkaException(new Error(ErrorCode.OffsetOutOfRange, $"offset {position} of {Name} is below the log's start {Start}"));
        for (long end = LastStable; position < end;)
        {
            long offset = position++;
            LogEntry entry = _entries[(int)offset];
            if (!entry.IsMarker && !entry.IsGone && !IsAborted(entry, offset))
                return entry.IsCommitted ? entry : throw new SimulationViolationException($"A reader of committed records saw {Name}@{offset}, which is not committed.");
        }

        return null;
    }

    /// <summary>Takes away what a later committed record of the same key replaces, and what was aborted.</summary>
    public void Compact()
    {
        var replaced = new HashSet<string>(StringComparer.Ordinal);
        for (int offset = (int)LastStable - 1; offset >= 0; offset--)
        {
            LogEntry entry = _entries[offset];
            if (!entry.IsMarker && entry.Key is not null && (!entry.IsCommitted || !replaced.Add(Convert.ToHexString(entry.Key))))
                _entries[offset] = entry with { IsGone = true };
        }
    }

    public void DeleteBelow(long offset) => Start = Math.Max(Start, offset);

    private bool IsAborted(LogEntry entry, long offset)
    {
        if (entry.Transaction is null)
            return false;
        foreach ((SimulatedTransaction transaction, long first, long marker) in _aborted)
        {
            if (ReferenceEquals(transaction, entry.Transaction) && offset >= first && offset < marker)
                return true;
        }

        return false;
    }
}
