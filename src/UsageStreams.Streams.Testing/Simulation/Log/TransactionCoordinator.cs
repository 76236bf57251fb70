using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams.Testing.Simulation.Log;

/// <summary>Decides transactions, fences by epoch, and writes markers one at a time, in any order.</summary>
internal sealed class TransactionCoordinator(SimulatedLog log)
{
    private readonly Dictionary<string, TransactionalId> _ids = new(StringComparer.Ordinal);
    private readonly List<SimulatedTransaction> _completing = [];

    public bool IsQuiet => _completing.Count == 0 && _ids.Values.All(static id => id.Open is null);

    public bool HasMarkers => _completing.Count > 0;

    /// <summary>Aborts what an earlier owner left open, and gives the new owner's epoch.</summary>
    public int Initialise(string name)
    {
        if (!_ids.TryGetValue(name, out TransactionalId? id))
            _ids.Add(name, id = new TransactionalId(name));
        if (id.Open is not null)
            Decide(id, commit: false);
        Complete(id);
        return ++id.Epoch;
    }

    public void Produce(string name, int epoch, TopicPartition target, LogEntry entry)
    {
        SimulatedTransaction transaction = Current(name, epoch, $"write to topic '{target.Topic}' partition {target.Partition.Value}");
        SimulatedPartition partition = log[target];
        if (!transaction.Partitions.Contains(partition))
            transaction.Partitions.Add(partition);
        partition.Append(entry with { Transaction = transaction });
    }

    public void AddOffsets(string name, int epoch, IEnumerable<TopicPartitionOffset> offsets)
    {
        SimulatedTransaction transaction = Current(name, epoch, "send offsets to the transaction");
        transaction.HoldsOffsets = true;
        foreach (TopicPartitionOffset offset in offsets)
            transaction.Offsets[offset.TopicPartition] = offset.Offset.Value;
    }

    /// <summary>Ends the open transaction, if there is one.</summary>
    /// <returns>The epoch of the next.</returns>
    public int End(string name, int epoch, bool commit)
    {
        TransactionalId id = Verify(name, epoch, commit ? "commit the transaction" : "abort the transaction");
        if (id.Open is not null)
            Decide(id, commit);
        return id.Epoch;
    }

    /// <summary>Aborts what is open for longer than the time-out.</summary>
    public int Expire(TimeSpan now, TimeSpan timeout)
    {
        int expired = 0;
        foreach (TransactionalId id in _ids.Values)
        {
            if (id.Open is null || now - id.Open.StartedAt < timeout)
                continue;
            Decide(id, commit: false);
            expired++;
        }

        return expired;
    }

    /// <summary>Writes one marker of one decided transaction.</summary>
    public void WriteMarker(SimulationRandom random) => WriteMarker(random.Pick(_completing), random);

    /// <summary>Whether an undecided transaction, or one whose offsets have no marker, may still change this offset.</summary>
    public bool IsUnstable(TopicPartition partition) =>
        _completing.Exists(t => t.HoldsOffsets && t.Offsets.ContainsKey(partition))
        || _ids.Values.Any(id => id.Open is not null && id.Open.Offsets.ContainsKey(partition));

    private SimulatedTransaction Current(string name, int epoch, string step)
    {
        TransactionalId id = Verify(name, epoch, step);
        Complete(id);
        return id.Open ??= new SimulatedTransaction(name, log.Now);
    }

    private TransactionalId Verify(string name, int epoch, string step)
    {
        TransactionalId id = _ids[name];
        return id.Epoch == epoch
            ? id
            : throw TransactionFailure.Of(step, new KafkaException(new Error(ErrorCode.InvalidProducerEpoch, $"epoch {epoch} of {name} is fenced by {id.Epoch}")));
    }

    private void Decide(TransactionalId id, bool commit)
    {
        SimulatedTransaction transaction = id.Open!;
        transaction.Outcome = commit;
        id.Open = null;
        id.Completing = transaction;
        id.Epoch++;
        _completing.Add(transaction);
        if (commit)
            log.Group.Decide(transaction.Offsets, log.Now);
    }

    /// <summary>A client's next transaction waits for the markers of its last.</summary>
    private void Complete(TransactionalId id)
    {
        while (id.Completing is { IsComplete: false } transaction)
            WriteMarker(transaction, log.Random);
        id.Completing = null;
    }

    private void WriteMarker(SimulatedTransaction transaction, SimulationRandom random)
    {
        int choice = random.Next(transaction.Partitions.Count + (transaction.HoldsOffsets ? 1 : 0) + 1);
        if (choice < transaction.Partitions.Count)
        {
            transaction.Partitions[choice].Mark(transaction, log.UnixNow);
            transaction.Partitions.RemoveAt(choice);
        }
        else if (transaction.HoldsOffsets)
        {
            transaction.HoldsOffsets = false;
            if (transaction.Outcome == true)
                log.Group.Apply(transaction.Offsets);
        }

        if (transaction.IsComplete)
            _completing.Remove(transaction);
    }
}
