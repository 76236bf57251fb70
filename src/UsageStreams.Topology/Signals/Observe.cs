using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Signals;

/// <summary>Watches the ledger of each account and contract.</summary>
internal sealed class Observe(StoreBuilder<string, AccountActivity> activities, ReferenceTables references)
    : IProcessor<string, LedgerEntry, string, CrmSignal>
{
    /// <summary>How long after its end a day waits: longer than any window's grace, so that its last windows are in it.</summary>
    private static readonly TimeSpan CloseDelay = TimeSpan.FromHours(1);

    private ProcessorContext<string, CrmSignal> _context = null!;
    private KeyValueStore<string, AccountActivity> _activities = null!;
    private TableView<string, Account> _accounts = null!;
    private TableView<string, Contract> _contracts = null!;
    private MetricTerms _metrics = null!;

    public void Init(ProcessorContext<string, CrmSignal> context)
    {
        _context = context;
        _activities = context.GetStore(activities);
        _accounts = context.GetTable(references.Accounts);
        _contracts = context.GetTable(references.Contracts);
        _metrics = new MetricTerms(context.GetTable(references.Metrics));
        context.Schedule(TimeSpan.FromHours(1), PunctuationType.StreamTime, CloseDays);
    }

    public void Process(in Record<string, LedgerEntry> record)
    {
        var entry = record.Value;
        var contract = ContractOf(entry.Contract);
        var period = contract.Calendar().PeriodOf(entry.WindowStart);
        var activity = _activities.TryGet(entry.Contract, out var known) ? known : Activity.Start(entry, period);
        if (activity.Day is { } day && entry.WindowStart >= day.AddDays(1)) activity = Close(activity);
        activity = activity.With(entry, period, _metrics.IsHealth(entry));
        if (_metrics.IsBilled(entry) && contract.LineOf(entry.Metric) is { } line && activity.AlertFor(line) is { } alert)
        {
            activity = activity.Alerted(alert);
            Tell(activity, $"{entry.Contract}/limit/{alert.Metric}/{alert.Percent}/{alert.PeriodStart:yyyyMMdd}", entry.WindowEnd, alert);
        }

        _activities.Put(entry.Contract, activity);
    }

    private void CloseDays(long streamTime)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(streamTime);
        var ended = _activities.All
            .Where(activity => activity.Value.Day is { } day && day.AddDays(1) + CloseDelay <= now)
            .OrderBy(activity => activity.Key, StringComparer.Ordinal)
            .ToList();
        foreach (var (contract, activity) in ended) _activities.Put(contract, Close(activity));
    }

    private AccountActivity Close(AccountActivity activity)
    {
        var health = activity.Health();
        Tell(activity, $"{activity.Contract}/health/{health.Day:yyyyMMdd}", health.Day.AddDays(1), health);
        return activity.WithoutDay();
    }

    private void Tell(AccountActivity activity, string id, DateTimeOffset time, ICrmSignalBody body)
    {
        if (!_accounts.TryGet(activity.Account, out var account))
            throw new ModelException($"Account {activity.Account} is not in the accounts topic, though it has usage; publish it again.");
        var signal = new CrmSignal
        {
            Id = id,
            Account = account.Id,
            CrmAccount = account.CrmAccount,
            AccountName = account.Name,
            Time = time,
            Body = body,
            Trace = activity.Trace,
        };
        _context.Forward(new Record<string, CrmSignal>(signal.Account, signal, time.ToUnixTimeMilliseconds(), signal.Trace.ToHeaders()));
    }

    private Contract ContractOf(string id) => _contracts.TryGet(id, out var contract)
        ? contract
        : throw new ModelException($"Contract {id} is not in the contracts topic, though the ledger names it; publish it again.");
}
