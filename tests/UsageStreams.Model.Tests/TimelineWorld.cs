namespace UsageStreams.Model.Tests;

/// <summary>A tenant, some accounts that take each other over, and their contracts, on a time line of 100 ms.</summary>
internal sealed record TimelineWorld(Tenant? Tenant, Dictionary<string, Account> Accounts, Dictionary<string, Contract> Contracts)
{
    public static IEnumerable<long> Instants => Enumerable.Range(-2, 105).Select(static time => (long)time);

    /// <summary>a went over into b at 40, b into c at 70.</summary>
    public static TimelineWorld TakenOverTwice { get; } = new(
        TenantOf([(10, null, "a")]),
        ById(Account("a", 2, ("b", 40)), Account("b", 5, ("c", 70)), Account("c", 3, null)),
        ById(Contract("C-a", "a", 0, null, 1), Contract("C-b", "b", 0, null, 1), Contract("C-c", "c", 0, null, 4)));

    /// <summary>a went over into b, and b into a.</summary>
    public static TimelineWorld Cycle { get; } = new(TenantOf([(10, null, "a")]), ById(Account("a", 1, ("b", 20)), Account("b", 1, ("a", 30))), []);

    public TenantTimeline Timeline() => TenantTimeline.Of("t", Tenant, Accounts.GetValueOrDefault, Contracts.GetValueOrDefault);

    /// <summary>The naive way: one instant, from link to link.</summary>
    public (TimelineGap Gap, string? Account, string? Contract) LookUp(long time)
    {
        if (Tenant?.AccountAt(At(time)) is not { } id) return (TimelineGap.NoTenant, null, null);
        for (var passed = new HashSet<string>(StringComparer.Ordinal); ;)
        {
            if (!passed.Add(id)) return (TimelineGap.MergeCycle, id, null);
            if (!Accounts.TryGetValue(id, out var account)) return (TimelineGap.NoAccount, id, null);
            if (account.MergedInto is { } merge && merge.From <= At(time))
            {
                id = merge.Account;
                continue;
            }

            var contract = account.Contracts.FirstOrDefault(name => Contracts.TryGetValue(name, out var found) && found.Account == id && found.Covers(At(time)));
            return (contract is null ? TimelineGap.NoContract : TimelineGap.None, id, contract);
        }
    }

    public static TimelineWorld Random(Random random)
    {
        string[] ids = ["a", "b", "c", "d"];
        var contracts = Enumerable.Range(0, 8).Select(number => RandomContract(random, "C" + number, ids)).ToList();
        var accounts = ids.Where(_ => random.Next(8) > 0).Select(id => Account(
            id, random.Next(1, 4), random.Next(3) == 0 ? (ids[random.Next(4)], random.Next(100)) : null,
            [.. contracts.Where(contract => contract.Account == id || random.Next(9) == 0).Select(static contract => contract.Id), "no such"]));
        return new TimelineWorld(random.Next(20) == 0 ? null : RandomTenant(random, ids), ById([.. accounts]), ById([.. contracts]));
    }

    private static Tenant RandomTenant(Random random, string[] accounts)
    {
        var assignments = new List<(long From, long? To, string Account)>();
        for (var time = random.Next(30); time < 100;)
        {
            var end = time + random.Next(1, 40);
            assignments.Add((time, end > 90 ? null : end, accounts[random.Next(accounts.Length)]));
            time = end > 90 ? 100 : end + (random.Next(2) * random.Next(10));
        }

        return TenantOf(assignments);
    }

    private static Contract RandomContract(Random random, string id, string[] accounts)
    {
        var from = random.Next(90);
        return Contract(id, accounts[random.Next(accounts.Length)], from, random.Next(3) == 0 ? null : from + random.Next(1, 50), random.Next(1, 4));
    }

    private static Tenant TenantOf(IEnumerable<(long From, long? To, string Account)> assignments) => new()
    {
        Id = "t",
        Assignments = [.. assignments.Select(static a => new TenantAssignment { From = At(a.From), To = a.To is { } to ? At(to) : null, Account = a.Account })],
    };

    private static Account Account(string id, int version, (string Account, long From)? merge, params IReadOnlyList<string> contracts) => new()
    {
        Id = id, Name = id, LegalEntity = "1", SoldTo = id, BillTo = id, CrmAccount = id, Version = version,
        Contracts = contracts is [] ? ["C-" + id] : contracts,
        MergedInto = merge is { } over ? new AccountMerge { Account = over.Account, From = At(over.From) } : null,
    };

    private static Contract Contract(string id, string account, long from, long? to, int version) => new()
    {
        Id = id, Account = account, From = At(from), To = to is { } end ? At(end) : null, Version = version,
        Currency = "EUR", CurrencyDigits = 2, Zone = "UTC", AnchorDay = 1, Lines = [],
    };

    private static Dictionary<string, Account> ById(params Account[] accounts) => accounts.ToDictionary(static account => account.Id, StringComparer.Ordinal);

    private static Dictionary<string, Contract> ById(params Contract[] contracts) => contracts.ToDictionary(static contract => contract.Id, StringComparer.Ordinal);

    private static DateTimeOffset At(long time) => DateTimeOffset.FromUnixTimeMilliseconds(time);
}
