using System.Globalization;
using UsageStreams.Model;
using UsageStreams.Oracle;
using UsageStreams.Oracle.Load;
using UsageStreams.Oracle.Naive;

namespace UsageStreams.Topology.Tests.Metering.Cases;

/// <summary>
/// A few events told step by step, played through the whole metering topology. Whatever a story expects by itself, the oracle must come to the same.
/// It begins on 2 March 2026; account a has tenants t1 and t2, account b tenant u; contracts are in UTC from the first of the month and are locked after 5 days.
/// </summary>
internal sealed class Story
{
    private static readonly DateTimeOffset Before = At("2024-01-01");

    private readonly List<LoadStep> _steps = [];
    private readonly int _partitions;
    private DateTimeOffset _now = At("2026-03-02");

    /// <param name="partitions">Partitions of the topics. With one, every event moves the clock of all windows.</param>
    public Story(int partitions = 1)
    {
        _partitions = partitions;
        Publish(Contract("ca", "a"));
        Publish(Contract("cb", "b"));
        Publish(Account("a", "ca"));
        Publish(Account("b", "cb"));
        Publish(Tenant("t1", "a"));
        Publish(Tenant("t2", "a"));
        Publish(Tenant("u", "b"));
    }

    /// <summary>A day, or a minute of a day, in UTC.</summary>
    public static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    /// <summary>A metric over events of type used, by the hour.</summary>
    public static Metric Metric(string code, Aggregation aggregation, string value = "quantity") => new()
    {
        Code = code,
        Version = 1,
        From = Before,
        EventTypes = ["used"],
        Aggregation = aggregation,
        Value = value,
        Unit = "unit",
        Window = MetricWindow.Hour,
        GraceMillis = 600_000,
        Owner = "finance",
    };

    public static Contract Contract(string id, string account) => new()
    {
        Id = id,
        Account = account,
        From = Before,
        Currency = "USD",
        CurrencyDigits = 2,
        Zone = "UTC",
        AnchorDay = 1,
        LockDays = 5,
        Lines = [],
    };

    public static Account Account(string id, params string[] contracts) =>
        new() { Id = id, Name = id, LegalEntity = "1", SoldTo = id, BillTo = id, CrmAccount = id, Contracts = contracts };

    public static Tenant Tenant(string id, string account) => new() { Id = id, Assignments = [new TenantAssignment { From = Before, Account = account }] };

    /// <summary>A tenant that belongs to one account and from an instant on to another.</summary>
    public static Tenant Tenant(string id, string first, DateTimeOffset from, string then) => new()
    {
        Id = id,
        Version = 2,
        Assignments = [new TenantAssignment { From = Before, To = from, Account = first }, new TenantAssignment { From = from, Account = then }],
    };

    /// <summary>An event of type used.</summary>
    public static UsageEvent Event(string tenant, string id, DateTimeOffset time, decimal? quantity = 1, string user = "ann") => new()
    {
        Id = id,
        Source = "web",
        Type = "used",
        Tenant = tenant,
        User = user,
        Product = "app",
        Time = time,
        Quantity = quantity,
    };

    /// <summary>Waits until an instant.</summary>
    public Story On(string time)
    {
        _now = At(time);
        return this;
    }

    /// <summary>Publishes reference data now.</summary>
    public Story Publish(object record) => Then(new ReferenceArrives(Now, record));

    /// <summary>An event arrives now, and is committed.</summary>
    public Story Arrives(UsageEvent usage) => Then(new EventArrives(Now, usage.Tenant, usage)).Then(new Commits(Now));

    /// <summary>An event arrives now in the partition behind that of its tenant, and is committed.</summary>
    public Story ArrivesAstray(UsageEvent usage) => Then(new EventArrives(Now, usage.Tenant, usage) { IsAstray = true }).Then(new Commits(Now));

    /// <summary>An event arrives now; it is committed with others.</summary>
    public Story Comes(UsageEvent usage) => Then(new EventArrives(Now, usage.Tenant, usage));

    /// <summary>An event arrives when it happens, and is committed.</summary>
    public Story Happens(string tenant, string id, string time, decimal? quantity = 1, string user = "ann") => On(time).Arrives(Event(tenant, id, _now, quantity, user));

    /// <summary>An event arrives when it happens, and is committed.</summary>
    public Story Happens(UsageEvent usage)
    {
        _now = usage.Time;
        return Arrives(usage);
    }

    /// <summary>The instant that the story has reached.</summary>
    public DateTimeOffset Instant => _now;

    /// <summary>Plays it. The oracle must come to the same.</summary>
    public StoryEnd Play()
    {
        var verdict = Verdict.On(new UsageLoad(new LoadOptions { Events = _steps.OfType<EventArrives>().Count() }, _partitions, _steps));
        verdict.Differences.ShouldBeEmpty();
        return new StoryEnd(verdict.Topology!, verdict.Entries);
    }

    private long Now => _now.ToUnixTimeMilliseconds();

    private Story Then(LoadStep step)
    {
        _steps.Add(step);
        return this;
    }
}

/// <summary>What a story comes to.</summary>
internal sealed class StoryEnd(Books books, IReadOnlyList<LedgerEntry> entries)
{
    /// <summary>Sum of all entries of a metric's window.</summary>
    public decimal Quantity(string account, string metric, string window, int version = 1) =>
        books.Windows.Where(entry => Is(entry.Key, account, metric, version) && entry.Key.Start == Story.At(window).ToUnixTimeMilliseconds()).Sum(static entry => entry.Value.Quantity);

    /// <summary>Sum of all entries of a metric.</summary>
    public decimal Quantity(string account, string metric) => books.Windows.Where(entry => Is(entry.Key, account, metric, entry.Key.Version)).Sum(static entry => entry.Value.Quantity);

    /// <summary>The same of a contract.</summary>
    public decimal QuantityOf(string contract) => books.Windows.Where(entry => entry.Key.Contract == contract).Sum(static entry => entry.Value.Quantity);

    /// <summary>Events of a tenant that ended somewhere, such as duplicate/same.</summary>
    public long Outcome(string tenant, string outcome) => books.Outcomes.GetValueOrDefault((tenant, outcome));

    /// <summary>The running total of an account, metric and period, named as <c>account/metric/yyyyMMdd</c>.</summary>
    public decimal Running(string name) => books.Running.GetValueOrDefault(name);

    /// <summary>Events of exceptions such as parked/unknown-tenant.</summary>
    public long Exceptions(string name) => books.Exceptions.GetValueOrDefault(name);

    /// <summary>The entries of an account, in the order in which they were written, as kind and quantity.</summary>
    public string Entries(string account) => string.Join(", ", entries.Where(entry => entry.Account == account).Select(static entry => FormattableString.Invariant($"{entry.Kind} {entry.Quantity:0.#########}").ToLowerInvariant()));

    /// <summary>The names of all entries.</summary>
    public IEnumerable<string> EntryIds => entries.Select(static entry => entry.Id);

    /// <summary>What an account's corrections came from, as kind, reference, actor and reason.</summary>
    public IEnumerable<string> Causes(string account) =>
        entries.Where(entry => entry.Account == account).Select(static entry => entry.Cause).OfType<Cause>().Select(static cause => $"{cause.Kind} {cause.Reference} {cause.Actor}: {cause.Reason}").Distinct(StringComparer.Ordinal);

    private static bool Is(LedgerWindow name, string account, string metric, int version) => name.Account == account && name.Metric == metric && name.Version == version;
}
