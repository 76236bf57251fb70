namespace UsageStreams.Oracle.Load;

/// <summary>What a load is made of. The same options give the same load.</summary>
internal sealed record LoadOptions
{
    /// <summary>Chooses everything that chance decides.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Events made, repetitions and garbage not counted.</summary>
    public int Events { get; init; } = 5_000;

    /// <summary>What happens in it.</summary>
    public Features Features { get; init; }

    /// <summary>First instant of event time; null for one that is always the same. A load that is sent to a broker happens when the broker's clock says.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>Everything that can happen.</summary>
    public static Features All => Enum.GetValues<Features>().Aggregate(static (all, next) => all | next);

    /// <summary>What metering is held to.</summary>
    public static Features Supported => All;

    /// <summary>The load of a seed: everything metering is held to, every third over months, every second with metrics only that an event can be taken out of alone.</summary>
    public static LoadOptions OfSeed(int seed, int events)
    {
        var left = (seed % 3 == 0 ? Features.None : Features.Months) | (seed % 2 == 1 ? Features.None : Features.Dependent);
        return new LoadOptions { Seed = seed, Events = events, Features = Supported & ~left };
    }
}

/// <summary>What may happen in a load.</summary>
[Flags]
internal enum Features
{
    /// <summary>Repetitions, late events, unknown tenants and garbage only.</summary>
    None = 0,

    /// <summary>The same id comes again with other content.</summary>
    Conflicts = 1,

    /// <summary>Events come later than some or all metrics allow.</summary>
    TooLate = 1 << 1,

    /// <summary>Tenants that were unknown are mapped later.</summary>
    Mappings = 1 << 2,

    /// <summary>Tenants move to another account, with a date in the past, also within a window.</summary>
    Remaps = 1 << 3,

    /// <summary>Accounts go over into others.</summary>
    Mergers = 1 << 4,

    /// <summary>Metrics are superseded with a date in the past; a metric for a type comes when events of it wait.</summary>
    MetricVersions = 1 << 5,

    /// <summary>Producers take events back, or put others in their place; before and after the event itself.</summary>
    Withdrawals = 1 << 6,

    /// <summary>Contracts end while windows are open; the next one follows at once, or after a gap.</summary>
    ContractEnds = 1 << 7,

    /// <summary>A product becomes known while its events wait.</summary>
    Products = 1 << 8,

    /// <summary>max, min, last and time-weighted beside sum, count and unique.</summary>
    Aggregations = 1 << 9,

    /// <summary>Event time runs over months, so that periods are locked and identities forgotten.</summary>
    Months = 1 << 10,

    /// <summary>Of some tenants one of two producers chooses another partition.</summary>
    Spread = 1 << 11,

    /// <summary>Metrics end with a date in the past and without a successor; an end is moved afterwards, or taken back.</summary>
    MetricEnds = 1 << 12,

    /// <summary>
    /// Metrics that an event can't be taken out of alone: distinct users of requests; of gauges the largest, smallest and last value, and distinct workspaces.
    /// </summary>
    Dependent = 1 << 13,
}
