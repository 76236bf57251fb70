namespace UsageStreams.Model;

/// <summary>
/// Tells which events of a partition are the first of their identity, as metering does: within a window of arrival. Events must come in the order
/// in which they stand in the partition.
/// </summary>
/// <param name="window">How long an identity is remembered after its arrival.</param>
public sealed class FirstOccurrences(TimeSpan window)
{
    private readonly Dictionary<int, Partition> _partitions = [];

    /// <summary>Whether no event of the identity arrived in the partition within the window before this one.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="identity">The event's identity.</param>
    /// <param name="arrival">Its arrival, Unix milliseconds.</param>
    public bool IsFirst(int partition, EventDigest identity, long arrival)
    {
        if (!_partitions.TryGetValue(partition, out var known)) _partitions.Add(partition, known = new Partition((long)window.TotalMilliseconds));
        return known.IsFirst(identity, arrival);
    }

    private sealed class Partition(long window)
    {
        private readonly HashSet<EventDigest> _seen = [];
        private readonly Queue<(EventDigest Identity, long Arrival)> _arrived = new();
        private long _newest = long.MinValue;

        public bool IsFirst(EventDigest identity, long arrival)
        {
            _newest = Math.Max(_newest, arrival);
            while (_arrived.TryPeek(out var oldest) && oldest.Arrival < _newest - window) _seen.Remove(_arrived.Dequeue().Identity);
            if (!_seen.Add(identity)) return false;
            _arrived.Enqueue((identity, arrival));
            return true;
        }
    }
}
