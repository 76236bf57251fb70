using System.Globalization;
using UsageStreams.Model;

namespace UsageStreams.Host.Generate;

/// <summary>
/// Makes a load by seed: tenants by Zipf's law, each with the days and nights of its zone, bursts, repeated, late and disordered events,
/// unknown tenants, malformed records, ids used twice and events taken back. One pass; <see cref="Totals"/> tells what was made so far.
/// </summary>
internal sealed class LoadGenerator
{
    // A producer that sends again does so soon.
    private const int RecentEvents = 1024;
    private const int UnknownTenants = 20;
    private const int MaxDraws = 64;

    private readonly GenerateOptions _options;
    private readonly Xoshiro _random;
    private readonly Zipf _ranks;
    private readonly Intensity _intensity;
    private readonly EventMaker _events;
    private readonly Recent[] _recent = new Recent[RecentEvents];
    private long _recentCount;

    /// <param name="options">What the load looks like.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public LoadGenerator(GenerateOptions options)
    {
        if (options.Fault() is { } fault)
            throw new ArgumentException(fault, nameof(options));
        _options = options;
        _random = new Xoshiro(options.Seed);
        Tenants = TenantPool.Of(options);
        _ranks = new Zipf(options.Tenants, options.ZipfExponent);
        _intensity = new Intensity(options, _random);
        _events = new EventMaker(options.Source, options.Seed, _random);
    }

    /// <summary>The tenants that reference data must know.</summary>
    public IReadOnlyList<GeneratedTenant> Tenants { get; }

    /// <summary>What was made so far.</summary>
    public GeneratedTotals Totals { get; } = new();

    /// <summary>Makes the load; to be enumerated once.</summary>
    public IEnumerable<GeneratedRecord> Records()
    {
        for (var index = 0L; index < _options.Records; index++)
        {
            var time = _intensity.TimeAt((index + _random.NextDouble()) / _options.Records);
            yield return Make(index, time);
        }
    }

    private GeneratedRecord Make(long index, DateTimeOffset time)
    {
        var tenant = DrawTenant(time);
        var (record, account) = Draw() switch
        {
            GeneratedKind.Duplicate when _recentCount > 0 => (Repeat(), null),
            GeneratedKind.UnknownTenant => (Unknown(index, time), null),
            GeneratedKind.Undecodable => (Undecodable(tenant), null),
            GeneratedKind.Invalid => (Invalid(index, tenant, time), null),
            GeneratedKind.Conflict when _recentCount > 0 => (Conflict(), null),
            GeneratedKind.Retraction when TakeBack(index, time) is { } retraction => (retraction, null),
            _ => (New(index, tenant, time), tenant.Account),
        };
        Totals.Add(record, account);
        return record;
    }

    private GeneratedKind Draw()
    {
        var drawn = _random.NextDouble();
        if ((drawn -= _options.Duplicates) < 0)
            return GeneratedKind.Duplicate;
        if ((drawn -= _options.UnknownTenants) < 0)
            return GeneratedKind.UnknownTenant;
        if ((drawn -= _options.Undecodable) < 0)
            return GeneratedKind.Undecodable;
        if ((drawn -= _options.Invalid) < 0)
            return GeneratedKind.Invalid;
        if ((drawn -= _options.Conflicts) < 0)
            return GeneratedKind.Conflict;
        return drawn < _options.Retractions ? GeneratedKind.Retraction : GeneratedKind.Event;
    }

    private GeneratedTenant DrawTenant(DateTimeOffset time)
    {
        if (_intensity.BurstAt(time) is { } burst && _random.Chance(0.5))
            return Tenants[burst];
        var tenant = Tenants[_ranks.Draw(_random)];
        for (var draw = 1; draw < MaxDraws && !_random.Chance(_intensity.Of(tenant.Zone, time)); draw++)
            tenant = Tenants[_ranks.Draw(_random)];
        return tenant;
    }

    private GeneratedRecord New(long index, GeneratedTenant tenant, DateTimeOffset time)
    {
        var made = _events.Make(index, tenant.Id, tenant.Users, Displace(time));
        _recent[_recentCount++ % RecentEvents] = new Recent(made, tenant.Account, IsTakenBack: false);
        return new GeneratedRecord(GeneratedKind.Event, tenant.Id, made, null);
    }

    private DateTimeOffset Displace(DateTimeOffset time)
    {
        var drawn = _random.NextDouble();
        var back = _random.NextDouble();
        if (drawn < _options.Late && time - TimeSpan.FromHours(2 + (10 * back)) is var late && late >= _options.From)
        {
            Totals.Late++;
            return EventMaker.Whole(late);
        }

        if (drawn >= _options.Late && drawn < _options.Late + _options.OutOfOrder
            && time - TimeSpan.FromMinutes(5 * back) is var disordered && disordered >= _options.From)
        {
            Totals.OutOfOrder++;
            return EventMaker.Whole(disordered);
        }

        return EventMaker.Whole(time);
    }

    private GeneratedRecord Repeat()
    {
        var repeated = DrawRecent().Event;
        return new GeneratedRecord(GeneratedKind.Duplicate, repeated.Tenant, repeated, null);
    }

    private GeneratedRecord Conflict()
    {
        var first = DrawRecent().Event;
        return new GeneratedRecord(GeneratedKind.Conflict, first.Tenant, first with { Quantity = (first.Quantity ?? 0) + 1 }, null);
    }

    // An event is taken back once; where chance finds one that already is, a new event is made instead.
    private GeneratedRecord? TakeBack(long index, DateTimeOffset time)
    {
        if (_recentCount == 0)
            return null;
        ref var taken = ref DrawRecent();
        if (taken.IsTakenBack)
            return null;
        taken = taken with { IsTakenBack = true };
        Totals.TakeBack(taken.Event, taken.Account);
        var retraction = _events.Make(index, taken.Event.Tenant, 1, EventMaker.Whole(time)) with { Retracts = taken.Event.Id };
        return new GeneratedRecord(GeneratedKind.Retraction, retraction.Tenant, retraction, null);
    }

    private ref Recent DrawRecent() => ref _recent[_random.NextInt((int)Math.Min(_recentCount, RecentEvents))];

    private GeneratedRecord Unknown(long index, DateTimeOffset time)
    {
        var tenant = string.Create(CultureInfo.InvariantCulture, $"{_options.Source}-unknown-{_random.NextInt(UnknownTenants)}");
        return new GeneratedRecord(GeneratedKind.UnknownTenant, tenant, _events.Make(index, tenant, 1, EventMaker.Whole(time)), null);
    }

    private GeneratedRecord Undecodable(GeneratedTenant tenant)
    {
        var bytes = new byte[8 + _random.NextInt(40)];
        _random.Fill(bytes);
        // The registry's wire format begins with 0: this never does.
        bytes[0] |= 0x80;
        return new GeneratedRecord(GeneratedKind.Undecodable, tenant.Id, null, bytes);
    }

    private GeneratedRecord Invalid(long index, GeneratedTenant tenant, DateTimeOffset time)
    {
        var made = _events.MakeInvalid(index, tenant.Id, EventMaker.Whole(time));
        return new GeneratedRecord(GeneratedKind.Invalid, tenant.Id, made, null);
    }

    private readonly record struct Recent(UsageEvent Event, string Account, bool IsTakenBack);
}
