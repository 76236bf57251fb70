namespace UsageStreams.Host.Generate;

/// <summary>What a generated load looks like. The same options give the same events, whatever the pace.</summary>
internal sealed record GenerateOptions
{
    /// <summary>Chooses all random numbers.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Records published, all kinds together.</summary>
    public long Records { get; init; } = 100_000;

    /// <summary>Tenants that the reference data knows.</summary>
    public int Tenants { get; init; } = 500;

    /// <summary>Users of a tenant, at most.</summary>
    public int UsersPerTenant { get; init; } = 40;

    /// <summary>Zipf exponent of the tenants' shares; 0 gives all the same.</summary>
    public double ZipfExponent { get; init; } = 1.1;

    /// <summary>First instant of event time.</summary>
    public DateTimeOffset From { get; init; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How much event time the records are spread over.</summary>
    public TimeSpan Span { get; init; } = TimeSpan.FromDays(3);

    /// <summary>How deep the nights are: 0 none, 1 no traffic at the deepest point.</summary>
    public double Nights { get; init; } = 0.8;

    /// <summary>Bursts per day of event time: for a few minutes half of all traffic is one tenant's.</summary>
    public double BurstsPerDay { get; init; } = 4;

    /// <summary>Share of records that repeat an earlier event.</summary>
    public double Duplicates { get; init; } = 0.01;

    /// <summary>Share of events whose time is 2 to 12 hours back: after their window closed.</summary>
    public double Late { get; init; } = 0.005;

    /// <summary>Share of events whose time is up to 5 minutes back: within the grace.</summary>
    public double OutOfOrder { get; init; } = 0.05;

    /// <summary>Share of records of tenants that the reference data doesn't know.</summary>
    public double UnknownTenants { get; init; } = 0.005;

    /// <summary>Share of records that are no Avro.</summary>
    public double Undecodable { get; init; } = 0.001;

    /// <summary>Share of records that are Avro with a field that no event may have: no id, no type, no tenant.</summary>
    public double Invalid { get; init; } = 0.001;

    /// <summary>Share of records with the id of an earlier event and another quantity.</summary>
    public double Conflicts { get; init; }

    /// <summary>Share of records that take an earlier event back.</summary>
    public double Retractions { get; init; }

    /// <summary>The source that all events name; part of their ids' meaning, so another source never collides.</summary>
    public string Source { get; init; } = "generated";

    /// <summary>Says which option is out of its range; null when all are within.</summary>
    public string? Fault() =>
        Records < 1 ? Say("--records", Records, "1 or more")
        : Tenants is < 1 or > 1_000_000 ? Say("--tenants", Tenants, "1 to 1,000,000")
        : UsersPerTenant < 1 ? Say("--users", UsersPerTenant, "1 or more")
        : ZipfExponent is < 0 or > 5 or double.NaN ? Say("--zipf", ZipfExponent, "0 to 5")
        : Span < TimeSpan.FromMinutes(1) || Span > TimeSpan.FromDays(3660) ? Say("--span", Span, "1 minute to 3660 days")
        : From.Year is < 1970 or > 9000 ? Say("--from", From, "1970 to 9000")
        : Nights is < 0 or > 1 or double.NaN ? Say("--nights", Nights, "0 to 1")
        : BurstsPerDay is < 0 or > 200 or double.NaN ? Say("--bursts", BurstsPerDay, "0 to 200 a day")
        : ShareFault("--duplicates", Duplicates) ?? ShareFault("--late", Late) ?? ShareFault("--out-of-order", OutOfOrder)
        ?? ShareFault("--unknown-tenants", UnknownTenants) ?? ShareFault("--undecodable", Undecodable) ?? ShareFault("--invalid", Invalid)
        ?? ShareFault("--conflicts", Conflicts) ?? ShareFault("--retractions", Retractions)
        ?? SumFault();

    private string? SumFault()
    {
        var sum = Duplicates + UnknownTenants + Undecodable + Invalid + Conflicts + Retractions;
        return sum <= 1 ? null : Say("--duplicates, --unknown-tenants, --undecodable, --invalid, --conflicts and --retractions together", sum, "1 at most");
    }

    private static string? ShareFault(string option, double share) => share is >= 0 and <= 1 ? null : Say(option, share, "a share of 0 to 1");

    private static string Say(string option, object value, string limit) =>
        FormattableString.Invariant($"{option} is {value}: it takes {limit}.");
}
