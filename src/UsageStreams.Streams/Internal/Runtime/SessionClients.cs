using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using UsageStreams.Streams.Internal.Faults;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>Connects the sessions of one thread: to Kafka, or to the simulated log.</summary>
internal interface ISessionConnector
{
    StreamsOptions Options { get; }

    ILogger Logger { get; }

    /// <summary>New clients for a new session.</summary>
    ISessionClients Connect();
}

/// <summary>The clients of one session. The session disposes what it asked for first, and this last.</summary>
internal interface ISessionClients : IDisposable
{
    /// <summary>Not yet begun.</summary>
    SessionOutput Output(TopicLayout topics);

    ICatchUpReader CatchUp(string purpose, bool follow);

    /// <summary>Reads a partition's past, from the first record that arrived at a time (Unix ms) or later.</summary>
    IPastReader Past(TopicPartition partition, PastRequest request);

    /// <summary>The high watermarks of partitions.</summary>
    Task<IReadOnlyDictionary<TopicPartition, long>> EndsAsync(IReadOnlyList<TopicPartition> partitions);

    /// <summary>Joins the group; partitions come and go during <see cref="IGroupReader.Poll"/>.</summary>
    IGroupReader Join(StreamSession session, IEnumerable<string> topics);

    IRepartitionPurge Purge();
}

/// <summary>A member of the group.</summary>
internal interface IGroupReader : IDisposable
{
    /// <summary>What fences offsets: the member and its generation.</summary>
    IConsumerGroupMetadata Metadata { get; }

    /// <summary>
    /// Waits for records and hands those that are there to the session's <see cref="StreamSession.Take"/> and <see cref="StreamSession.TakeEnd"/>,
    /// each with the slot that <see cref="StreamSession.Slot"/> gives its partition at that moment. Returns with none when partitions moved.
    /// </summary>
    void Poll(TimeSpan wait);

    /// <summary>Whether the last poll handed over as much as one can, so that more is waiting.</summary>
    bool HasMore { get; }

    /// <summary>The group's stable offsets of partitions; <see cref="Offset.Unset"/> where there is none.</summary>
    IReadOnlyList<TopicPartitionOffset> Committed(IReadOnlyList<TopicPartition> partitions);

    void Pause(TopicPartition partition);

    void Resume(TopicPartition partition);

    /// <summary>Commits offsets by the group itself, outside transactions.</summary>
    void Commit(List<TopicPartitionOffset> offsets);

    /// <summary>Tells the client that this thread is alive though it does not poll; no handler runs.</summary>
    void KeepAlive();

    /// <summary>Offset after the last committed record that the client knows of; null while unknown.</summary>
    long? End(TopicPartition partition);

    /// <summary>Leaves the group; a named instance stays a member until its session ends.</summary>
    void Close();
}

/// <summary>Reads partitions up to the targets that they have when they are added.</summary>
internal interface ICatchUpReader : IDisposable
{
    /// <summary>Records read.</summary>
    long Records { get; }

    bool IsCaughtUp { get; }

    void Add(IReadOnlyList<CatchUpPartition> partitions);

    /// <summary>Stops reading partitions whose task has gone.</summary>
    void Remove(IEnumerable<CatchUpPartition> partitions);

    /// <summary>Offset after the last record of a partition being read that the client knows of; null while unknown.</summary>
    long? End(TopicPartition partition);

    /// <summary>Reads for about <paramref name="limit"/> records, waiting <paramref name="wait"/> for the first.</summary>
    void Step(int limit, TimeSpan wait);
}

/// <summary>The output of one session: exactly once always inside a transaction, at least once without.</summary>
internal abstract class SessionOutput : RecordCollector, IDisposable
{
    /// <summary>Called again and again while the output waits for a full queue or for acknowledgements.</summary>
    public Action Waiting { get; set; } = static () => { };

    /// <summary>Fences whoever had this transactional id, and aborts what it left open.</summary>
    public abstract void Begin();

    /// <summary>Called when no more input is at hand: what was written goes out, unless something went out a moment ago.</summary>
    /// <returns>How long the thread may wait before it calls again.</returns>
    public virtual TimeSpan SendOn() => TimeSpan.MaxValue;

    public abstract void Flush();

    /// <summary>Makes the offsets a part of the transaction; without transactions, commits them.</summary>
    public abstract void SendOffsets(List<TopicPartitionOffset> offsets, IGroupReader group);

    /// <summary>Commits, and begins the next transaction.</summary>
    public abstract void Commit();

    public abstract void Abort();

    public abstract void Dispose();

    /// <summary>What it means that the client does not take a record. Where the record is at fault, another may follow.</summary>
    protected static StreamsException Refusal(in OutputRecord record, KafkaException e)
    {
        StreamsException failure = TransactionFailure.Of($"write to topic '{record.Topic}' partition {record.Partition}", e);
        return failure is TransactionFailure ? failure : new RecordRefusedException(failure.Message, e);
    }
}

/// <summary>Deletes what was read of repartition topics.</summary>
internal interface IRepartitionPurge
{
    bool IsDue { get; }

    /// <summary>Deletes the records below these committed offsets.</summary>
    void Start(List<TopicPartitionOffset> committed);
}
