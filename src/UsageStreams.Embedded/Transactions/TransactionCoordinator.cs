using System.Collections.Concurrent;
using UsageStreams.Embedded.Protocol;

namespace UsageStreams.Embedded.Transactions;

/// <summary>All transactional ids, and producer ids for those who only want idempotence.</summary>
internal sealed class TransactionCoordinator(TransactionSettings settings) : IDisposable
{
    /// <summary>Kafka's transaction.max.timeout.ms.</summary>
    public const int MaxTimeoutMs = 900_000;

    private readonly ConcurrentDictionary<string, Transaction> _transactions = new(StringComparer.Ordinal);

    public IEnumerable<Transaction> All => _transactions.Values;

    public Transaction? Find(string transactionalId) => _transactions.GetValueOrDefault(transactionalId);

    /// <summary>Reads the journal, then ends what was decided before the stop. Topics and groups are loaded already.</summary>
    public void Load()
    {
        foreach (var (_, value) in settings.Journal.Scan(TransactionRecord.KeyPrefix))
        {
            var record = TransactionRecord.FromBytes(value);
            _transactions[record.TransactionalId] = new Transaction(record, settings);
        }

        foreach (var transaction in _transactions.Values)
            transaction.Resume();
    }

    public (ErrorCode Error, ProducerIdentity Producer) InitializeProducer(string? transactionalId, int timeoutMs, ProducerIdentity caller)
    {
        if (transactionalId is null)
            return (ErrorCode.None, new ProducerIdentity(settings.ProducerIds.Next(), 0));
        if (transactionalId.Length == 0)
            return (ErrorCode.InvalidRequest, ProducerIdentity.None);
        if (timeoutMs is <= 0 or > MaxTimeoutMs)
            return (ErrorCode.InvalidTransactionTimeout, ProducerIdentity.None);
        if (Find(transactionalId) is { } known)
            return known.Initialize(timeoutMs, caller);
        if (caller.Id >= 0)
            return (ErrorCode.InvalidProducerIdMapping, ProducerIdentity.None);
        return Create(transactionalId, timeoutMs);
    }

    public void Dispose()
    {
        foreach (var transaction in _transactions.Values)
            transaction.Dispose();
    }

    private (ErrorCode Error, ProducerIdentity Producer) Create(string transactionalId, int timeoutMs)
    {
        var record = TransactionRecord.New(transactionalId, settings.ProducerIds.Next(), timeoutMs);
        var created = new Transaction(record, settings);
        var transaction = _transactions.GetOrAdd(transactionalId, created);
        if (!ReferenceEquals(transaction, created))
        {
            created.Dispose();
            return transaction.Initialize(timeoutMs, ProducerIdentity.None);
        }

        settings.Journal.Put(record.Key, record.ToBytes());
        return (ErrorCode.None, new ProducerIdentity(record.ProducerId, record.Epoch));
    }
}
