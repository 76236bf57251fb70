using UsageStreams.Embedded.Groups;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Transactions;

/// <summary>Everything about a transactional id, as it is kept in memory and in the journal. Replaced as a whole at every step.</summary>
internal sealed record TransactionRecord(
    string TransactionalId,
    long ProducerId,
    short Epoch,
    int TimeoutMs,
    TransactionState State,
    long StartedAtMs,
    IReadOnlySet<TopicPartition> Partitions,
    IReadOnlySet<string> Groups)
{
    public const string KeyPrefix = "transaction/";
    private const short Version = 0;

    public string Key => KeyPrefix + TransactionalId;

    public bool IsPrepared => State is TransactionState.PrepareCommit or TransactionState.PrepareAbort;

    public static TransactionRecord New(string transactionalId, long producerId, int timeoutMs) => new(
        transactionalId, producerId, 0, timeoutMs, TransactionState.Empty, -1, new HashSet<TopicPartition>(), new HashSet<string>());

    /// <summary>The same producer with nothing in its transaction.</summary>
    public TransactionRecord Cleared(TransactionState state) =>
        this with { State = state, StartedAtMs = -1, Partitions = new HashSet<TopicPartition>(), Groups = new HashSet<string>() };

    public byte[] ToBytes()
    {
        using var writer = new WireWriter { Flexible = true };
        writer.WriteInt16(Version);
        writer.WriteString(TransactionalId);
        writer.WriteInt64(ProducerId);
        writer.WriteInt16(Epoch);
        writer.WriteInt32(TimeoutMs);
        writer.WriteInt8((sbyte)State);
        writer.WriteInt64(StartedAtMs);
        writer.WriteArrayLength(Partitions.Count);
        foreach (var (topic, partition) in Partitions)
        {
            writer.WriteString(topic);
            writer.WriteInt32(partition);
        }

        writer.WriteStringArray(Groups);
        return writer.WrittenSpan.ToArray();
    }

    public static TransactionRecord FromBytes(byte[] bytes)
    {
        var reader = new WireReader();
        reader.Reset(bytes, 0, bytes.Length);
        reader.Flexible = true;
        RecordVersion.Check(reader, Version, "transaction");
        string id = reader.ReadString();
        long producerId = reader.ReadInt64();
        short epoch = reader.ReadInt16();
        int timeout = reader.ReadInt32();
        var state = (TransactionState)reader.ReadInt8();
        long started = reader.ReadInt64();
        var partitions = new HashSet<TopicPartition>();
        for (int remaining = reader.ReadArrayLength(); remaining > 0; remaining--)
            partitions.Add(new TopicPartition(reader.ReadString(), reader.ReadInt32()));
        return new TransactionRecord(id, producerId, epoch, timeout, state, started, partitions, reader.ReadStringArray().ToHashSet(StringComparer.Ordinal));
    }
}
