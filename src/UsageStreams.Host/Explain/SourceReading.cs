using System.Text;
using Confluent.Kafka;
using UsageStreams.Avro;
using UsageStreams.Host.Kafka;
using UsageStreams.Model;

namespace UsageStreams.Host.Explain;

/// <summary>Reads what explanations are made of: reference data with their versions, events again, the ledger and the bills of an account.</summary>
internal sealed class SourceReading(KafkaAccess access, UsageValues values, CancellationToken cancellation)
{
    private readonly PartitionReader _reader = new(access);

    /// <summary>All reference data, with the versions that the topics still hold.</summary>
    public ReferenceHistory References()
    {
        var history = new ReferenceHistory();
        Table<Metric>(access.Topics.Metrics, history.Add);
        Table<Contract>(access.Topics.Contracts, history.Add);
        Table<Account>(access.Topics.Accounts, history.Add);
        Table<Tenant>(access.Topics.Tenants, history.Add);
        Table<Product>(access.Topics.Products, history.Add);
        return history;
    }

    /// <summary>The ledger entries of an account, in order.</summary>
    public IReadOnlyList<LedgerEntry> Ledger(string account) => OfKey<LedgerEntry>(access.Topics.Ledger, account);

    /// <summary>The states of an account's transactions, in order.</summary>
    public IReadOnlyList<BillingTransaction> Transactions(string account) => OfKey<BillingTransaction>(access.Topics.Transactions, account);

    /// <summary>The decisions about a transaction, in order.</summary>
    public IReadOnlyList<Approval> Approvals(string transaction) => OfKey<Approval>(access.Topics.Approvals, transaction);

    /// <summary>What the ERP answered about a transaction, as far as it is kept. Sinks write it where the transaction stands, so every partition is asked.</summary>
    public IReadOnlyList<Receipt> Receipts(string transaction)
    {
        var receipts = new List<Receipt>();
        Table<Receipt>(access.Topics.BillingReceipts, receipt =>
        {
            if (string.Equals(receipt.Document, transaction, StringComparison.Ordinal))
                receipts.Add(receipt);
        });
        return receipts;
    }

    /// <summary>The records of a tenant among the events, in order.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="partition">The partition to look into; null for the one that the tenant's events belong in.</param>
    public IReadOnlyList<EventRecord> EventsOf(string tenant, int? partition = null)
    {
        var records = new List<EventRecord>();
        var topic = access.Topics.Events;
        _reader.ReadKey(partition is { } given ? new TopicPartition(topic, given) : _reader.PartitionOf(topic, tenant), tenant, record => Add(records, record), cancellation);
        return records;
    }

    /// <summary>The record at a place; null when it holds none, or one that is no event but a mark for stream time.</summary>
    /// <exception cref="HostException">There is no such partition.</exception>
    public EventRecord? EventAt(PositionId id)
    {
        var partition = new TopicPartition(id.Topic, id.Partition);
        if (!_reader.Has(partition))
            throw new HostException(ExitCodes.NotFound, $"There is no partition {id.Partition} of a topic {id.Topic}; the events are in {access.Topics.Events}.");
        var records = new List<EventRecord>();
        _reader.Read(partition, id.Offset, id.Offset, record => Add(records, record), cancellation);
        return records.FirstOrDefault();
    }

    /// <summary>Reads ranges again.</summary>
    /// <returns>What of them can't be read any more.</returns>
    public IReadOnlyList<MissingOffsets> Read(IEnumerable<SourceRange> ranges, Action<EventRecord> read)
    {
        var missing = new List<MissingOffsets>();
        var records = new List<EventRecord>(1);
        foreach (var range in ranges)
        {
            var held = _reader.Read(new TopicPartition(range.Topic, range.Partition), range.FirstOffset, range.LastOffset, record =>
            {
                records.Clear();
                Add(records, record);
                records.ForEach(read);
            }, cancellation);
            if (held.Low > range.FirstOffset)
                missing.Add(new MissingOffsets(range.Topic, range.Partition, range.FirstOffset, Math.Min(range.LastOffset, held.Low - 1)));
            if (held.High <= range.LastOffset)
                missing.Add(new MissingOffsets(range.Topic, range.Partition, Math.Max(range.FirstOffset, held.High), range.LastOffset));
        }

        return missing;
    }

    private void Add(List<EventRecord> records, ConsumeResult<byte[], byte[]> record)
    {
        if (record.Message.Value is null && record.Message.Headers.TryGetLastBytes(UsagePublisher.WatermarkHeader, out _))
            return;
        var (usage, fault) = Decode(record);
        records.Add(new EventRecord(record.Topic, record.Partition.Value, record.Offset.Value, record.Message.Timestamp.UnixTimestampMs, Text(record.Message.Key), usage)
        {
            Undecodable = fault,
            Trace = new Trace { CorrelationId = Header(record, Trace.CorrelationHeader), Traceparent = Header(record, Trace.TraceparentHeader) },
        });
    }

    private (UsageEvent? Usage, string? Fault) Decode(ConsumeResult<byte[], byte[]> record)
    {
        if (record.Message.Value is not { } value)
            return (null, "The record has no value.");
        try
        {
            return (values.Read<UsageEvent>(record.Topic, value), null);
        }
        catch (HostException error) when (error.InnerException is AvroDataException fault)
        {
            return (null, fault.Message);
        }
    }

    private void Table<T>(string topic, Action<T> add)
        where T : class, IAvroRecord<T> => TopicReader.ReadToEnd(access, topic, record =>
        {
            if (record.Message.Value is { } value)
                add(values.Read<T>(topic, value));
        }, cancellation);

    private List<T> OfKey<T>(string topic, string key)
        where T : class, IAvroRecord<T>
    {
        var records = new List<T>();
        _reader.ReadKey(_reader.PartitionOf(topic, key), key, record =>
        {
            if (record.Message.Value is { } value)
                records.Add(values.Read<T>(topic, value));
        }, cancellation);
        return records;
    }

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);

    private static string? Header(ConsumeResult<byte[], byte[]> record, string name) =>
        record.Message.Headers.TryGetLastBytes(name, out var bytes) ? Text(bytes) : null;
}
