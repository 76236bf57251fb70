using UsageStreams.Model;

namespace UsageStreams.Oracle.Load;

/// <summary>Makes a load by seed.</summary>
internal sealed class LoadMaker
{
    private const int MostCommits = 400;

    // Each pass over the past reads on from the withdrawn event: thousands of them would take most of the time.
    private const int MostWithdrawals = 300;
    private const int MostCrashes = 12;

    // When a store of identities was made again, what repeats a repetition after the window of deduplication may be told by another reason.
    private const long WithoutDoubt = 44 * LoadClock.Day;

    // A worker that stands still for weeks can't correct what is older than the deduplication window when it goes on.
    private const long LongestWithoutCommit = 12 * LoadClock.Hour;

    private readonly LoadOptions _options;
    private readonly Random _random;
    private readonly LoadClock _clock;
    private readonly EventMaker _events;
    private readonly Arrivals _arrivals;
    private readonly List<LoadStep> _steps = [];
    private readonly int _crashes;

    private LoadMaker(LoadOptions options)
    {
        _options = options;
        _random = new Random(options.Seed);
        _clock = LoadClock.Of(options);
        _events = new EventMaker(_random, options.Features);
        _crashes = options.Seed % 2 == 0 ? 0 : _random.Next(MostCrashes);
        _arrivals = new Arrivals(_random, _clock, options.Features, longest: _crashes > 0 ? WithoutDoubt : long.MaxValue);
    }

    private bool Has(Features feature) => _options.Features.HasFlag(feature);

    /// <summary>The load of these options.</summary>
    public static UsageLoad Make(LoadOptions options) => new LoadMaker(options).Make();

    private UsageLoad Make()
    {
        var partitions = 1 + _random.Next(4);
        var world = new World(_clock, _random, _options.Features);
        _steps.AddRange(world.Initial().Select(record => new ReferenceArrives(_clock.LongBefore, record)));
        AddEvents();
        _steps.AddRange(new Changes(_clock, _random, _options.Features, world, [.. _steps.OfType<ReferenceArrives>().Select(step => step.Record)]).All());
        var inOrder = _steps.OrderBy(static step => step.At).ToList();
        return new UsageLoad(_options, partitions, WithCommitsAndCrashes(inOrder));
    }

    private void AddEvents()
    {
        var made = new List<EventArrives>(_options.Events);
        for (var index = 0; index < _options.Events; index++)
        {
            var time = _clock.Start + (_clock.Span * index / _options.Events);
            var arrival = made.Count > 0 && Has(Features.Withdrawals) && _random.Next(_options.Events) < Math.Min(_options.Events / 100, MostWithdrawals) && made[_random.Next(made.Count)] is var taken && IsTakenBack(taken)
                ? Withdrawal(taken)
                : First(_events.Make(time));
            made.Add(arrival);
            Add(arrival);
            if (_random.Next(100) < 5) Add(Repeated(made[_random.Next(made.Count)]));
            if (_random.Next(1000) < 2) AddGarbage(arrival);
        }
    }

    private EventArrives First(UsageEvent usage) => new(_arrivals.Of(usage.Time.ToUnixTimeMilliseconds()), usage.Tenant, usage)
    {
        IsAstray = Has(Features.Spread) && EventMaker.IsSentAstray(usage),
    };

    private void Add(EventArrives arrival) => _steps.Add(arrival);

    private EventArrives Repeated(EventArrives first) => first with
    {
        At = first.At + _arrivals.UntilRepetition(),
        Event = Has(Features.Conflicts) && _random.Next(10) == 0 ? _events.Conflicting(first.Event) : first.Event,
    };

    // What came beyond a recount's reach ended as too late, and stays so.
    private static bool IsTakenBack(EventArrives taken) => taken.At - taken.Event.Time.ToUnixTimeMilliseconds() < 30 * LoadClock.Day;

    /// <summary>An event that takes another back; now and then one that nobody sent.</summary>
    private EventArrives Withdrawal(EventArrives taken)
    {
        var target = _random.Next(50) == 0 ? "never-sent" : taken.Event.Id;
        var at = taken.At + _arrivals.UntilWithdrawal();
        var time = Math.Min(taken.Event.Time.ToUnixTimeMilliseconds() + _random.NextInt64(-LoadClock.Hour, LoadClock.Hour), at);
        var withdrawal = taken.Event with
        {
            Id = _events.NextId(taken.Event.Tenant, taken.Event.Source),
            Time = LoadClock.Time(time),
            Quantity = taken.Event.Quantity is null ? null : _random.Next(1000),
            Retracts = null,
            Amends = null,
        };
        return taken with { At = at, Event = _random.Next(2) == 0 ? withdrawal with { Retracts = target } : withdrawal with { Amends = target } };
    }

    private void AddGarbage(EventArrives near)
    {
        var usage = near.Event with { Id = $"garbage-{_steps.Count}" };
        _steps.Add(_random.Next(7) switch
        {
            0 => new GarbageArrives(near.At, near.Key, [1, 2, 3]),
            1 => new GarbageArrives(near.At, near.Key, null),
            2 => new EventArrives(near.At, near.Key, usage with { Id = string.Empty }),
            3 => new EventArrives(near.At, near.Key, usage with { Source = string.Empty }),
            4 => new EventArrives(near.At, "t-other", usage),
            5 => new EventArrives(near.At, near.Key, usage with { Quantity = -1 }),
            _ => new EventArrives(near.At, near.Key, usage with { Time = LoadClock.Time(near.At + LoadClock.Hour + 1) }),
        });
    }

    private List<LoadStep> WithCommitsAndCrashes(List<LoadStep> steps)
    {
        var commits = Math.Min(MostCommits, (int)(steps.Count * Math.Pow(10, -1 - (2 * _random.NextDouble()))));
        var all = new List<LoadStep>(steps.Count + commits + _crashes);
        var committed = _clock.Start;
        foreach (var step in steps)
        {
            all.Add(step);
            if (step is ReferenceArrives { At: var at } && at == _clock.LongBefore) continue;
            if (_random.Next(steps.Count) < commits || step.At - committed > LongestWithoutCommit) all.Add(new Commits(committed = step.At));
            if (_random.Next(steps.Count) < _crashes) all.Add(new Crashes(step.At));
        }

        return all;
    }
}
