using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>Finds account and contract of an event as of its time. What has none waits in usage.parked, and is counted there.</summary>
internal sealed class Resolve(ReferenceTables references, StoreBuilder<string, ParkedTenant> parked, StoreBuilder<OutcomeKey, OutcomeTally> outcomes)
    : IProcessor<string, IdentifiedEvent, string, ResolvedEvent>
{
    private ProcessorContext<string, ResolvedEvent> _context = null!;
    private TableView<string, Tenant> _tenants = null!;
    private TableView<string, Account> _accounts = null!;
    private TableView<string, Contract> _contracts = null!;
    private MetricRules _metrics = null!;
    private ParkingLot _parked = null!;
    private OutcomeCounter _outcomes = null!;

    public void Init(ProcessorContext<string, ResolvedEvent> context)
    {
        _context = context;
        _tenants = context.GetTable(references.Tenants);
        _accounts = context.GetTable(references.Accounts);
        _contracts = context.GetTable(references.Contracts);
        _metrics = new MetricRules(context.GetTable(references.Metrics));
        _parked = new ParkingLot(context.GetStore(parked));
        _outcomes = new OutcomeCounter(context.GetStore(outcomes), context.TaskId.Partition);
    }

    public void Process(in Record<string, IdentifiedEvent> record)
    {
        var usage = record.Value.Usage;
        var contract = default(Contract);
        var reason = AccountOf(usage) is not { } account ? ParkingLot.UnknownTenant
            : (contract = ContractOf(account, usage.Time)) is null ? ParkingLot.NoContract
            : !_metrics.KnowType(usage.Type) ? ParkingLot.UnknownEventType
            : null;
        if (reason is not null)
        {
            _parked.Park(usage, reason, _context.Metadata);
            _outcomes.Count(record.Key, Outcome.Parked);
            return;
        }

        _outcomes.Count(record.Key, Outcome.Counted);
        _context.Forward(record.WithValue(new ResolvedEvent(usage, record.Value.Identity, contract!.Account, contract.Id)));
    }

    private Account? AccountOf(UsageEvent usage) =>
        _tenants.TryGet(usage.Tenant, out var tenant) && tenant.AccountAt(usage.Time) is { } id && _accounts.TryGet(id, out var account) ? account : null;

    private Contract? ContractOf(Account account, DateTimeOffset time)
    {
        foreach (var id in account.Contracts)
        {
            if (_contracts.TryGet(id, out var contract) && contract.Covers(time)) return contract;
        }

        return null;
    }
}

/// <summary>An event with the account and contract it is counted under.</summary>
internal readonly record struct ResolvedEvent(UsageEvent Usage, EventDigest Identity, string Account, string Contract);
