using System.Diagnostics;
using Confluent.Kafka;
using UsageStreams.Streams.Internal.Native;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>
/// Records on their way: the stream thread adds them to open batches, which nobody else sees, and senders take the batches that are sealed. What
/// both touch is guarded by one lock, which is taken for a batch and not for a record.
/// </summary>
/// <param name="settings">Sizes.</param>
/// <param name="partitionsOf">How many partitions a topic has.</param>
/// <param name="ready">Told the leader of a partition that has something to send, or <see cref="PartitionQueue.NoLeader"/>.</param>
internal sealed class Outbox(WireSettings settings, Func<string, int> partitionsOf, Action<int> ready)
{
    // What waits for more while nothing is on its way is sent at this size already.
    private const int EagerBytes = 64 << 10;

    private readonly object _gate = new();
    private readonly BufferPool _buffers = new(settings.BatchBytes, settings.QueueBytes);
    private readonly List<PartitionQueue> _queues = [];
    private readonly Dictionary<string, PartitionQueue[]> _topics = new(StringComparer.Ordinal);
    private readonly (string Topic, PartitionQueue[] Partitions)[] _recent = new (string, PartitionQueue[])[8];
    private readonly List<PartitionQueue> _open = [];
    private uint _nextRecent;
    private long _openBytes;
    private long _openRecords;
    private long _sealedBytes;
    private long _sealedRecords;
    private int _batches;
    private int _inFlight;
    private DeliveryFailure? _failure;

    /// <summary>Why no more is sent; null while all is well.</summary>
    public DeliveryFailure? Failure => Volatile.Read(ref _failure);

    /// <summary>Whether as much waits as may.</summary>
    public bool IsFull =>
        _openBytes + Volatile.Read(ref _sealedBytes) >= settings.QueueBytes || _openRecords + Volatile.Read(ref _sealedRecords) >= settings.QueueRecords;

    /// <summary>Whether something was added that is not to be sent yet.</summary>
    public bool HasOpen => _open.Count > 0;

    /// <summary>Adds a copy of a record, which has at most <see cref="WireSettings.LargestRecord"/> bytes.</summary>
    /// <param name="record">The record.</param>
    /// <param name="timestamp">Its time, in Unix ms.</param>
    public void Add(in OutputRecord record, long timestamp)
    {
        PartitionQueue queue = Find(record.Topic)[record.Partition];
        int before = queue.Open?.Length ?? 0;
        if (!Opened(queue).TryAdd(in record, timestamp, settings.BatchBytes))
        {
            Seal(queue);
            _open.Remove(queue);
            before = 0;
            Opened(queue).TryAdd(in record, timestamp, settings.BatchBytes);
        }

        _openBytes += queue.Open!.Length - before;
        _openRecords++;
        if (_openBytes >= EagerBytes && Volatile.Read(ref _batches) == 0)
            SealAll();
    }

    /// <summary>Lets everything be sent that was added.</summary>
    public void SealAll()
    {
        foreach (PartitionQueue queue in _open)
            Seal(queue);
        _open.Clear();
    }

    /// <summary>Waits until everything sealed is acknowledged.</summary>
    /// <returns>Whether that is so; if not, the time is over or a batch <see cref="Failure">failed</see>.</returns>
    public bool WaitUntilEmpty(TimeSpan wait) => WaitUntil(static outbox => outbox._batches == 0, wait);

    /// <summary>Waits for room; lets go out what was added only when it is all that there is.</summary>
    public void WaitForRoom(TimeSpan wait)
    {
        if (Volatile.Read(ref _batches) == 0)
            SealAll();
        WaitUntil(static outbox => !outbox.IsFull, wait);
    }

    /// <summary>Gives up what is not on its way to a broker, and waits for what is.</summary>
    /// <returns>Whether nothing is on its way any more.</returns>
    public bool GiveUp(TimeSpan wait)
    {
        Fail(new DeliveryFailure("", 0, ErrorCode.Local_PurgeQueue, "given up"));
        long start = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while (_inFlight > 0 && wait - Stopwatch.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
                Monitor.Wait(_gate, left);
            return _inFlight == 0;
        }
    }

    /// <summary>The next transaction begins: no partition takes part in it yet. Nothing may be on its way.</summary>
    public void BeginTransaction()
    {
        lock (_gate)
        {
            foreach (PartitionQueue queue in _queues)
                queue.IsInTransaction = false;
        }
    }

    /// <summary>Takes the first batches of partitions that a node leads, at least one if there is any.</summary>
    public void Take(int node, int bytes, List<PartitionQueue> taken)
    {
        taken.Clear();
        lock (_gate)
        {
            if (_failure is not null)
                return;
            foreach (PartitionQueue queue in _queues)
            {
                if (queue.Leader != node || !queue.IsWaiting)
                    continue;
                queue.First ??= queue.Sealed.Dequeue();
                if (taken.Count > 0 && queue.First.Length > bytes)
                    continue;
                bytes -= queue.First.Length;
                queue.IsInFlight = true;
                taken.Add(queue);
            }

            _inFlight += taken.Count;
        }
    }

    /// <summary>The first batch of a partition is written.</summary>
    public void Acknowledge(PartitionQueue queue)
    {
        RecordBatch batch;
        lock (_gate)
        {
            batch = queue.First!;
            queue.First = null;
            _sealedBytes -= batch.Length;
            _sealedRecords -= batch.Count;
            _batches--;
            Land(queue);
        }

        batch.Release();
    }

    /// <summary>The first batch of a partition is to be sent again.</summary>
    public void Again(PartitionQueue queue, bool leaderIsLost)
    {
        lock (_gate)
        {
            if (leaderIsLost)
                queue.Leader = PartitionQueue.NoLeader;
            Land(queue);
        }
    }

    /// <summary>Nothing more is sent; only the first reason counts.</summary>
    public void Fail(DeliveryFailure failure)
    {
        lock (_gate)
        {
            _failure ??= failure;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Topics with partitions that have something to send and no known leader.</summary>
    public IReadOnlyList<string> WithoutLeader()
    {
        lock (_gate)
            return [.. _queues.Where(static q => q is { Leader: PartitionQueue.NoLeader, IsWaiting: true }).Select(static q => q.Partition.Topic).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Sends partitions without a leader to those that lead them now.</summary>
    /// <returns>The nodes that have something to do.</returns>
    public IReadOnlyCollection<int> Route(IReadOnlyDictionary<TopicPartition, int> leaders)
    {
        var nodes = new HashSet<int>();
        lock (_gate)
        {
            foreach (PartitionQueue queue in _queues)
            {
                if (queue.Leader != PartitionQueue.NoLeader || !leaders.TryGetValue(queue.Partition, out int leader))
                    continue;
                queue.Leader = leader;
                nodes.Add(leader);
            }
        }

        return nodes;
    }

    private PartitionQueue[] Find(string topic)
    {
        // The names are nearly always the same few objects, and those are found faster than by what is in them.
        foreach ((string known, PartitionQueue[] queues) in _recent)
        {
            if (ReferenceEquals(known, topic))
                return queues;
        }

        if (!_topics.TryGetValue(topic, out PartitionQueue[]? found))
            _topics.Add(topic, found = Make(topic));
        _recent[_nextRecent++ % _recent.Length] = (topic, found);
        return found;
    }

    private PartitionQueue[] Make(string topic)
    {
        PartitionQueue[] made = [.. Enumerable.Range(0, partitionsOf(topic)).Select(partition => new PartitionQueue(topic, partition))];
        lock (_gate)
            _queues.AddRange(made);
        return made;
    }

    private RecordBatch Opened(PartitionQueue queue)
    {
        if (queue.Open is null)
        {
            queue.Open = new RecordBatch(_buffers);
            _open.Add(queue);
        }

        return queue.Open;
    }

    private void Seal(PartitionQueue queue)
    {
        RecordBatch batch = queue.Open!;
        queue.Open = null;
        _openBytes -= batch.Length;
        _openRecords -= batch.Count;
        int leader;
        lock (_gate)
        {
            queue.Sealed.Enqueue(batch);
            _sealedBytes += batch.Length;
            _sealedRecords += batch.Count;
            _batches++;
            leader = queue.Leader;
        }

        ready(leader);
    }

    private void Land(PartitionQueue queue)
    {
        queue.IsInFlight = false;
        _inFlight--;
        Monitor.PulseAll(_gate);
    }

    private bool WaitUntil(Func<Outbox, bool> isReached, TimeSpan wait)
    {
        long start = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while (!isReached(this) && _failure is null && wait - Stopwatch.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
                Monitor.Wait(_gate, left);
            return isReached(this);
        }
    }
}
