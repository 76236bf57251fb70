using UsageStreams.Embedded.Protocol;

namespace UsageStreams.Embedded.Log;

/// <summary>An aborted transaction: read-committed consumers drop the producer's records from the first offset up to the marker.</summary>
internal readonly record struct AbortedTransaction(long ProducerId, long FirstOffset, long MarkerOffset);

/// <summary>
/// The producers of one partition: sequence checks, open transactions and with them the last stable offset, aborted transactions.
/// Rebuilt at start from the batch headers. Belongs to its partition and is used under the partition's lock.
/// </summary>
internal sealed class ProducerStates
{
    private readonly Dictionary<long, ProducerEntry> _producers = [];
    private readonly SortedSet<long> _openTransactions = [];
    private readonly List<AbortedTransaction> _aborted = [];

    /// <summary>First offset of the oldest open transaction, or null when none is open.</summary>
    public long? FirstOpenOffset => _openTransactions.Count == 0 ? null : _openTransactions.Min;

    public IReadOnlyDictionary<long, ProducerEntry> Producers => _producers;

    public bool HasOpenTransaction(long producerId, short epoch) =>
        _producers.TryGetValue(producerId, out var entry) && entry.Epoch == epoch && entry.TransactionFirstOffset >= 0;

    public AppendedBatch? FindDuplicate(in BatchHeader batch) =>
        _producers.TryGetValue(batch.ProducerId, out var entry) ? entry.FindDuplicate(batch) : null;

    /// <summary>
    /// Kafka's order of checks: epoch, then sequence, then transaction. A producer that is not known (state expired, topic new) may
    /// begin anywhere: a wrong "out of order" would be fatal for its client.
    /// </summary>
    public ErrorCode Check(in BatchHeader batch)
    {
        if (!_producers.TryGetValue(batch.ProducerId, out var entry))
            return ErrorCode.None;
        if (batch.ProducerEpoch < entry.Epoch)
            return ErrorCode.InvalidProducerEpoch;
        bool inOrder = batch.ProducerEpoch > entry.Epoch ? batch.BaseSequence == 0 : entry.IsNext(batch);
        if (!inOrder)
            return ErrorCode.OutOfOrderSequenceNumber;
        return !batch.IsTransactional && entry.TransactionFirstOffset >= 0 ? ErrorCode.InvalidTxnState : ErrorCode.None;
    }

    public void Append(in BatchHeader batch, long now)
    {
        if (!_producers.TryGetValue(batch.ProducerId, out var entry))
            _producers.Add(batch.ProducerId, entry = new ProducerEntry(batch.ProducerEpoch));
        bool wasOpen = entry.TransactionFirstOffset >= 0;
        entry.Append(batch);
        entry.LastSeen = now;
        if (!wasOpen && entry.TransactionFirstOffset >= 0)
            _openTransactions.Add(entry.TransactionFirstOffset);
    }

    /// <summary>Takes up a marker. One without an open transaction (written twice over a crash) only carries the epoch.</summary>
    public void EndTransaction(in BatchHeader marker, bool commit, long now)
    {
        if (!_producers.TryGetValue(marker.ProducerId, out var entry))
            _producers.Add(marker.ProducerId, entry = new ProducerEntry(marker.ProducerEpoch));
        entry.MoveTo(marker.ProducerEpoch);
        entry.LastSeen = now;
        if (entry.TransactionFirstOffset < 0)
            return;
        _openTransactions.Remove(entry.TransactionFirstOffset);
        if (!commit)
            _aborted.Add(new AbortedTransaction(marker.ProducerId, entry.TransactionFirstOffset, marker.BaseOffset));
        entry.TransactionFirstOffset = -1;
    }

    /// <summary>Aborted transactions that touch offsets in [from, below), by first offset; also those that began earlier.</summary>
    public AbortedTransaction[] AbortedBetween(long from, long below)
    {
        int start = _aborted.Count;
        // Markers are appended in offset order, so everything that can matter is at the end of the list.
        while (start > 0 && _aborted[start - 1].MarkerOffset >= from)
            start--;
        if (start == _aborted.Count)
            return [];
        var found = _aborted.Skip(start).Where(transaction => transaction.FirstOffset < below).ToArray();
        Array.Sort(found, static (left, right) => left.FirstOffset.CompareTo(right.FirstOffset));
        return found;
    }

    /// <summary>Forgets producers that were last heard of before the time and have nothing open, and aborts below the log's start.</summary>
    public void Expire(long before, long logStart)
    {
        foreach (var (id, entry) in _producers)
        {
            if (entry.LastSeen < before && entry.TransactionFirstOffset < 0)
                _producers.Remove(id);
        }

        _aborted.RemoveAll(transaction => transaction.MarkerOffset < logStart);
    }
}
