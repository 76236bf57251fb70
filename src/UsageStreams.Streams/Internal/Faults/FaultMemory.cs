namespace UsageStreams.Streams.Internal.Faults;

/// <summary>
/// What an instance decided about records whose transaction it then aborted: they are left out when they are read again. Shared by its threads,
/// because the partition may go to another of them. Holds one entry for each such record until its offset is committed.
/// </summary>
internal sealed class FaultMemory
{
    private readonly Dictionary<(string Topic, int Partition), SortedDictionary<long, DecidedFault>> _decided = [];
    private readonly Lock _lock = new();
    private volatile bool _any;

    public void Add(RecordMetadata record, DecidedFault fault)
    {
        lock (_lock)
        {
            if (!_decided.TryGetValue((record.Topic, record.Partition), out SortedDictionary<long, DecidedFault>? faults))
                _decided.Add((record.Topic, record.Partition), faults = []);
            faults[record.Offset] = fault;
            _any = true;
        }
    }

    /// <summary>The decisions about records of a partition, by offset; null when there are none.</summary>
    public Dictionary<long, DecidedFault>? Of(string topic, int partition)
    {
        if (!_any)
            return null;
        lock (_lock)
            return _decided.TryGetValue((topic, partition), out SortedDictionary<long, DecidedFault>? faults) ? new(faults) : null;
    }

    /// <summary>Everything below the offset is committed.</summary>
    public void Forget(string topic, int partition, long below)
    {
        if (!_any)
            return;
        lock (_lock)
        {
            if (!_decided.TryGetValue((topic, partition), out SortedDictionary<long, DecidedFault>? faults))
                return;
            foreach (long offset in faults.Keys.TakeWhile(offset => offset < below).ToArray())
                faults.Remove(offset);
            if (faults.Count == 0)
                _decided.Remove((topic, partition));
            _any = _decided.Count > 0;
        }
    }
}
