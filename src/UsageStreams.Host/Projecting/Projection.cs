using System.Text;
using Confluent.Kafka;
using UsageStreams.Host.Kafka;
using UsageStreams.Model;
using UsageStreams.Topology;

namespace UsageStreams.Host.Projecting;

/// <summary>What the topics say, added up: for the screen and for the statement. One thread applies records.</summary>
internal sealed class Projection
{
    private const int LastEntries = 6;

    private readonly UsageTopics _topics;
    private readonly UsageValues _values;
    private readonly Dictionary<string, Action<ConsumeResult<byte[], byte[]>>> _handlers;
    private readonly Dictionary<string, EventOutcomes> _outcomes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _parked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, decimal> _metrics = new(StringComparer.Ordinal);
    private readonly HashSet<string> _accounts = new(StringComparer.Ordinal);
    private readonly Queue<LedgerEntry> _lastEntries = new();
    private readonly Dictionary<string, BillingTransaction> _transactions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CrmSignal> _signals = new(StringComparer.Ordinal);
    private readonly HashSet<string> _answered = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImportProgress> _imports = new(StringComparer.Ordinal);
    private readonly HashSet<string> _openWindows = new(StringComparer.Ordinal);

    public Projection(UsageTopics topics, UsageValues values, int partitions)
    {
        _topics = topics;
        _values = values;
        TransactionMarks = new Watermarks(topics.Transactions, partitions);
        SignalMarks = new Watermarks(topics.Signals, partitions);
        var windows = topics.MeteringApplication + "-windows-changelog";
        _handlers = new(StringComparer.Ordinal)
        {
            [topics.Events] = _ => EventsRead++,
            [topics.Outcomes] = ApplyOutcomes,
            [topics.Rejected] = ApplyRejected,
            [topics.Parked] = ApplyParked,
            [topics.Ledger] = ApplyLedger,
            [topics.Transactions] = ApplyTransaction,
            [topics.Signals] = ApplySignal,
            [topics.CrmReceipts] = record => _answered.Add(Value<Receipt>(record).Document),
            [topics.Imports] = record => _imports[Key(record)] = Value<ImportProgress>(record),
            [windows] = ApplyWindow,
        };
    }

    /// <summary>Topics it reads.</summary>
    public IReadOnlyCollection<string> Topics => _handlers.Keys;

    /// <summary>Records in the events' topic, watermarks left out.</summary>
    public long EventsRead { get; private set; }

    /// <summary>How the records ended so far.</summary>
    public EventOutcomes Outcomes { get; private set; } = new() { Read = 0, Counted = 0, Duplicate = 0, Rejected = 0, Parked = 0 };

    /// <summary>Records in the topic of rejected ones.</summary>
    public long Rejected { get; private set; }

    /// <summary>Those of them that are lines of imported files.</summary>
    public long RejectedLines { get; private set; }

    /// <summary>Events that wait for a mapping.</summary>
    public long Parked { get; private set; }

    /// <summary>Tenants with an event that counts.</summary>
    public int Tenants { get; private set; }

    /// <summary>Accounts with an entry in the ledger.</summary>
    public int Accounts => _accounts.Count;

    /// <summary>Entries of the ledger.</summary>
    public long Entries { get; private set; }

    /// <summary>Windows with usage that have no entry yet.</summary>
    public int OpenWindows => _openWindows.Count;

    /// <summary>Sum of the ledger's quantities by metric.</summary>
    public IReadOnlyDictionary<string, decimal> Metrics => _metrics;

    /// <summary>The last few entries.</summary>
    public IReadOnlyCollection<LedgerEntry> Last => _lastEntries;

    /// <summary>The transactions as they stand.</summary>
    public IReadOnlyCollection<BillingTransaction> Transactions => _transactions.Values;

    /// <summary>The signals.</summary>
    public IReadOnlyCollection<CrmSignal> Signals => _signals.Values;

    /// <summary>How far each source was imported.</summary>
    public IReadOnlyCollection<ImportProgress> Imports => _imports.Values;

    /// <summary>How complete the transactions are.</summary>
    public Watermarks TransactionMarks { get; }

    /// <summary>How complete the signals are.</summary>
    public Watermarks SignalMarks { get; }

    /// <summary>The transactions that billing or the ERP have still something to do about.</summary>
    public int UnsettledTransactions =>
        _transactions.Values.Count(static transaction => transaction.State is TransactionState.Draft or TransactionState.Approved);

    /// <summary>Signals that the CRM has not answered.</summary>
    public int UnansweredSignals => _signals.Keys.Count(signal => !_answered.Contains(signal));

    /// <summary>How many transactions stand in each state that occurs.</summary>
    public SortedDictionary<string, int> TransactionsByState()
    {
        var states = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (state, count) in _transactions.Values.CountBy(static transaction => transaction.State))
            states.Add(state.ToString().ToLowerInvariant(), count);
        return states;
    }

    /// <summary>Takes a record in. Those that are nobody's business are passed over, watermark records are kept as such.</summary>
    public void Apply(ConsumeResult<byte[], byte[]> record)
    {
        if (record.Message.Value is null)
        {
            ApplyWithoutValue(record);
            return;
        }

        if (_handlers.TryGetValue(record.Topic, out var handler))
            handler(record);
    }

    private void ApplyWithoutValue(ConsumeResult<byte[], byte[]> record)
    {
        if (record.Topic == _topics.Transactions)
            TransactionMarks.Apply(record.Partition, record.Message.Headers);
        else if (record.Topic == _topics.Signals)
            SignalMarks.Apply(record.Partition, record.Message.Headers);
        else if (record.Topic == _topics.Parked && record.Message.Key is not null && _parked.Remove(Key(record), out var waited))
            Parked -= waited;
    }

    private void ApplyOutcomes(ConsumeResult<byte[], byte[]> record)
    {
        var now = Value<EventOutcomes>(record);
        var known = _outcomes.TryGetValue(Key(record), out var before);
        _outcomes[Key(record)] = now;
        Outcomes = new EventOutcomes
        {
            Read = Outcomes.Read + now.Read - (known ? before!.Read : 0),
            Counted = Outcomes.Counted + now.Counted - (known ? before!.Counted : 0),
            Duplicate = Outcomes.Duplicate + now.Duplicate - (known ? before!.Duplicate : 0),
            Rejected = Outcomes.Rejected + now.Rejected - (known ? before!.Rejected : 0),
            Parked = Outcomes.Parked + now.Parked - (known ? before!.Parked : 0),
            LateRejected = Outcomes.LateRejected + now.LateRejected - (known ? before!.LateRejected : 0),
        };
        Tenants += (now.Counted > 0 ? 1 : 0) - (known && before!.Counted > 0 ? 1 : 0);
    }

    private void ApplyRejected(ConsumeResult<byte[], byte[]> record)
    {
        Rejected++;
        RejectedLines += Value<RejectedEvent>(record).Partition < 0 ? 1 : 0;
    }

    private void ApplyParked(ConsumeResult<byte[], byte[]> record)
    {
        var waiting = Value<ParkedTenant>(record).Waiting.Sum(static reason => reason.Count);
        Parked += waiting - _parked.GetValueOrDefault(Key(record));
        _parked[Key(record)] = waiting;
    }

    private void ApplyLedger(ConsumeResult<byte[], byte[]> record)
    {
        var entry = Value<LedgerEntry>(record);
        Entries++;
        _accounts.Add(entry.Account);
        _metrics[entry.Metric] = _metrics.GetValueOrDefault(entry.Metric) + entry.Quantity;
        _lastEntries.Enqueue(entry);
        if (_lastEntries.Count > LastEntries)
            _lastEntries.Dequeue();
    }

    private void ApplyTransaction(ConsumeResult<byte[], byte[]> record)
    {
        var transaction = Value<BillingTransaction>(record);
        _transactions[transaction.Id] = transaction;
    }

    private void ApplySignal(ConsumeResult<byte[], byte[]> record)
    {
        var signal = Value<CrmSignal>(record);
        _signals[signal.Id] = signal;
    }

    private void ApplyWindow(ConsumeResult<byte[], byte[]> record)
    {
        var window = Convert.ToBase64String(record.Message.Key);
        if (!Value<WindowState>(record).Closed)
            _openWindows.Add(window);
        else
            _openWindows.Remove(window);
    }

    private T Value<T>(ConsumeResult<byte[], byte[]> record)
        where T : class, Avro.IAvroRecord<T> => _values.Read<T>(record.Topic, record.Message.Value);

    private static string Key(ConsumeResult<byte[], byte[]> record) => Encoding.UTF8.GetString(record.Message.Key);
}
