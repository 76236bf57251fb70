using Confluent.Kafka;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>What waits to be written to one partition. Batches leave in their order, one at a time, whatever is tried again.</summary>
internal sealed class PartitionQueue(string topic, int partition)
{
    public const int NoLeader = -1;

    public TopicPartition Partition { get; } = new(topic, partition);

    /// <summary>The batch that takes records; the stream thread's alone.</summary>
    public RecordBatch? Open { get; set; }

    /// <summary>Batches that nobody has taken yet; guarded by the outbox.</summary>
    public Queue<RecordBatch> Sealed { get; } = new();

    /// <summary>The batch that is sent, until it is acknowledged; its sender's while in flight, else guarded by the outbox.</summary>
    public RecordBatch? First { get; set; }

    /// <summary>Whether a sender has it; guarded by the outbox.</summary>
    public bool IsInFlight { get; set; }

    /// <summary>Whether there is something that nobody sends; guarded by the outbox.</summary>
    public bool IsWaiting => !IsInFlight && (First is not null || Sealed.Count > 0);

    /// <summary>The node to send to; guarded by the outbox.</summary>
    public int Leader { get; set; } = NoLeader;

    /// <summary>Whether the coordinator knows that the transaction writes here; its sender's while in flight.</summary>
    public bool IsInTransaction { get; set; }

    /// <summary>The number of the next record; its sender's while in flight.</summary>
    public int NextSequence { get; private set; }

    /// <summary>Gives the first batch its place in the sequence, if it has none yet; numbers go on from 0 after the largest.</summary>
    public void Number(ProducerIdentity producer)
    {
        if (First!.FirstSequence >= 0)
            return;
        First.Seal(producer, NextSequence, transactional: true);
        NextSequence = unchecked(NextSequence + First.Count) & int.MaxValue;
    }
}
