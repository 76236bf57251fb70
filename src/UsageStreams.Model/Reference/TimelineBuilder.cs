namespace UsageStreams.Model;

/// <summary>Cuts time into the spans of one tenant: by its assignments, within each by the mergers of the account, within each by its contracts.</summary>
internal sealed class TimelineBuilder(Func<string, Account?> accounts, Func<string, Contract?> contracts)
{
    private readonly List<TimelineSpan> _spans = new(4);
    private readonly List<Account> _merged = [];
    private long _until = long.MinValue;

    public IReadOnlyList<TimelineSpan> Build(Tenant? tenant)
    {
        foreach (var assignment in InOrder(tenant?.Assignments ?? []))
        {
            var from = assignment.From.ToUnixTimeMilliseconds();
            if (from > _until) Add(from, TimelineGap.NoTenant);
            Assign(assignment.Account, End(assignment.To));
        }

        if (_until < long.MaxValue) Add(long.MaxValue, TimelineGap.NoTenant);
        return _spans.ToArray();
    }

    // Where assignments overlap, which an import refuses, the earlier one holds on to its end.
    private static IEnumerable<TenantAssignment> InOrder(IReadOnlyList<TenantAssignment> assignments)
    {
        for (var index = 1; index < assignments.Count; index++)
        {
            if (assignments[index].From < assignments[index - 1].From) return assignments.OrderBy(static assignment => assignment.From);
        }

        return assignments;
    }

    private void Assign(string id, long to)
    {
        if (to <= _until) return;
        if (accounts(id) is not { } account)
        {
            Add(to, TimelineGap.NoAccount, id);
            return;
        }

        if (account.MergedInto is not { } merge)
        {
            Contracts(account, to);
            return;
        }

        var over = merge.From.ToUnixTimeMilliseconds();
        Contracts(account, Math.Min(to, over));
        if (to > over) Follow(account, merge.Account, to);
    }

    private void Follow(Account from, string into, long to)
    {
        _merged.Add(from);
        if (_merged.Exists(passed => string.Equals(passed.Id, into, StringComparison.Ordinal)))
            Add(to, TimelineGap.MergeCycle, into);
        else
            Assign(into, to);
        _merged.RemoveAt(_merged.Count - 1);
    }

    private void Contracts(Account account, long to)
    {
        while (_until < to)
        {
            var contract = InForce(account, out var next);
            var end = Math.Min(to, next);
            Add(end, contract is null ? TimelineGap.NoContract : TimelineGap.None, account.Id, account.Version, contract);
        }
    }

    // Of several, which an import refuses, the first that the account names. Next is when that may be another.
    private Contract? InForce(Account account, out long next)
    {
        next = long.MaxValue;
        foreach (var id in account.Contracts)
        {
            if (contracts(id) is not { } contract || !string.Equals(contract.Account, account.Id, StringComparison.Ordinal)) continue;
            var (from, to) = (contract.From.ToUnixTimeMilliseconds(), End(contract.To));
            if (from <= _until && _until < to)
            {
                next = Math.Min(next, to);
                return contract;
            }

            if (_until < from && from < to) next = Math.Min(next, from);
        }

        return null;
    }

    private void Add(long to, TimelineGap gap, string? account = null, int version = 0, Contract? contract = null)
    {
        var span = new TimelineSpan
        {
            From = _until,
            To = to,
            Gap = gap,
            Account = account,
            AccountVersion = version,
            Contract = contract?.Id,
            ContractVersion = contract?.Version ?? 0,
            Merged = _merged.Count == 0 ? [] : [.. _merged.Select(static passed => $"{passed.Id}@{passed.Version}")],
        };
        if (_spans is [.., var last] && last.ResolvesAs(span) && last.HasVersionsOf(span))
            _spans[^1] = last with { To = to };
        else
            _spans.Add(span);
        _until = to;
    }

    private static long End(DateTimeOffset? to) => to?.ToUnixTimeMilliseconds() ?? long.MaxValue;
}
