namespace UsageStreams.Model.Tests;

/// <summary>A partition of events, reference data for tenants t1 and t2 of account a, and entries made of the events.</summary>
internal sealed class ProofWorld
{
    public static readonly DateTimeOffset Start = new(2026, 5, 17, 10, 0, 0, TimeSpan.Zero);

    private readonly List<EventRecord> _records = [];
    private readonly Dictionary<string, List<Tenant>> _tenants = new(StringComparer.Ordinal);
    private readonly List<MissingOffsets> _missing = [];
    private DateTimeOffset? _end;

    public ProofWorld()
    {
        Move("t1", "a");
        Move("t2", "a");
        Move("other", "b");
    }

    public IReadOnlyList<EventRecord> Records => _records;

    public ReferenceHistory References
    {
        get
        {
            var history = new ReferenceHistory();
            foreach (var account in (string[])["a", "b"])
            {
                history.Add(new Account { Id = account, Name = account, LegalEntity = "1", SoldTo = account, BillTo = account, CrmAccount = account, Contracts = ["C-" + account] });
                history.Add(new Contract
                {
                    Id = "C-" + account, Account = account, From = DateTimeOffset.UnixEpoch, To = Start.AddDays(300), Currency = "USD", CurrencyDigits = 2, Zone = "UTC", AnchorDay = 1, Lines = [],
                });
            }

            foreach (var version in _tenants.Values.SelectMany(static versions => versions)) history.Add(version);
            history.Add(MetricOf("calls", Aggregation.Count) with { To = _end });
            history.Add(MetricOf("users", Aggregation.Unique) with { Value = "user" });
            history.Add(MetricOf("peak", Aggregation.Max));
            history.Add(MetricOf("fresh", Aggregation.Count) with { EventTypes = ["fresh"], LatenessMillis = 3_600_000 });
            return history;
        }
    }

    public void Move(string tenant, string account, int? version = null)
    {
        if (!_tenants.TryGetValue(tenant, out var versions)) _tenants.Add(tenant, versions = []);
        versions.Add(new Tenant
        {
            Id = tenant, Version = version ?? versions.Count + 1, Assignments = [new TenantAssignment { From = DateTimeOffset.UnixEpoch, Account = account }],
        });
    }

    /// <summary>Ends the metric calls.</summary>
    public void End(DateTimeOffset at) => _end = at;

    public void Forget(string tenant) => _tenants[tenant].Clear();

    public void Delete(int records)
    {
        _records.RemoveRange(0, records);
        _missing.Add(new MissingOffsets("usage.events", 0, 0, records - 1));
    }

    /// <summary>Publishes some events a minute apart.</summary>
    public IReadOnlyList<EventRecord> Calls(string tenant, int count, string user = "u", decimal quantity = 1) =>
        [.. Enumerable.Range(0, count).Select(_ => Publish(EventOf(tenant, $"{_records.Count}") with { User = user, Quantity = quantity }))];

    public static UsageEvent EventOf(string tenant, string id) => new()
    {
        Id = id, Source = "web", Type = "call", Tenant = tenant, User = "u", Product = "p", Time = Start.AddSeconds(id.Length), Quantity = 1,
        Properties = new Dictionary<string, string>(StringComparer.Ordinal),
    };

    public EventRecord Publish(UsageEvent usage, string? key = null, TimeSpan? after = null)
    {
        var arrival = usage.Time + (after ?? TimeSpan.FromSeconds(1));
        var record = new EventRecord("usage.events", 0, _records.Count == 0 ? 0 : _records[^1].Offset + 1, arrival.ToUnixTimeMilliseconds(), key ?? usage.Tenant, usage);
        _records.Add(record);
        return record;
    }

    /// <summary>The entry that metering would make of some events.</summary>
    public static LedgerEntry Entry(
        IReadOnlyList<EventRecord> events, string metric = "calls", EntryKind kind = EntryKind.Final, string account = "a", decimal? quantity = null, decimal? total = null, int revision = 1)
    {
        quantity ??= metric == "calls" ? events.Count : 1;
        var sign = kind == EntryKind.Reversal ? -1 : 1;
        var digest = events.Aggregate(EventDigest.None, static (sum, one) => sum + one.Identity);
        return new LedgerEntry
        {
            Id = new WindowKey(account, "C-" + account, metric, 1, Start.ToUnixTimeMilliseconds()).EntryId(revision),
            Account = account,
            Contract = "C-" + account,
            Metric = metric,
            MetricVersion = 1,
            WindowStart = Start,
            WindowEnd = Start.AddHours(1),
            Quantity = quantity.Value,
            Total = total ?? quantity.Value,
            Count = sign * events.Count,
            First = events.Min(static one => one.Usage!.Time),
            Last = events.Max(static one => one.Usage!.Time),
            Revision = revision,
            Kind = kind,
            Sources =
            [
                new SourceRange { Topic = "usage.events", Partition = 0, FirstOffset = events.Min(static one => one.Offset), LastOffset = events.Max(static one => one.Offset), Count = sign * events.Count },
            ],
            Digest = (sign > 0 ? digest : new EventDigest(unchecked(0 - digest.Value))).ToBytes(),
            Trace = Trace.None,
        };
    }

    public IReadOnlyList<EntryProof> Prove(params LedgerEntry[] entries)
    {
        var prover = new EntryProver(References, entries);
        foreach (var range in prover.Ranges)
        {
            foreach (var record in _records.Where(record => record.Partition == range.Partition && record.Offset >= range.FirstOffset && record.Offset <= range.LastOffset)) prover.Read(record);
        }

        return prover.Conclude(_missing);
    }

    private static Metric MetricOf(string code, Aggregation aggregation) => new()
    {
        Code = code, Version = 1, From = DateTimeOffset.UnixEpoch, EventTypes = ["call"], Aggregation = aggregation, Unit = "unit", Window = MetricWindow.Hour,
        GraceMillis = 600_000, Owner = "finance",
    };
}
