using UsageStreams.Streams;
using UsageStreams.Topology.Metering.Decoding;
using UsageStreams.Topology.Metering.State;

namespace UsageStreams.Topology.Metering.Recount;

/// <summary>
/// Keeps what was counted in step with reference data and withdrawals: finds who is due, reads the task's past in slices between batches while events go on
/// being counted as before, and at the end sends, in one transaction, what differs. Nothing of it is kept before: after a crash it begins anew. An event that
/// was taken back is taken out alone where that is possible (<see cref="TakingOut"/>).
/// </summary>
internal sealed class Recounting(ProcessorContext<PartialKey, Partial> context, MeterState state, OpenPartials partials, MeteringOptions options)
{
    /// <summary>How often references are looked at. They must have stood still since the last look: changes mostly come in several records.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    // For a first record, which says where in time a task is that has just begun: it may be years behind when all is counted anew.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SliceInterval = TimeSpan.FromMilliseconds(1);

    private readonly Rest _aloneRest = new();
    private readonly Rest _passRest = new();
    private long _looked = -1;
    private long _swept = -1;
    private Sweep? _sweep;
    private Punctuation? _slices;
    private long _lastOffset = -1;
    private long _lastMoved;

    /// <summary>Begins to look.</summary>
    public void Start()
    {
        _lastMoved = context.WallClock;
        context.Schedule(LookInterval, PunctuationType.WallClock, _ => Look());
    }

    private void Look()
    {
        if (context.Metadata.Offset is var offset && offset != _lastOffset) (_lastOffset, _lastMoved) = (offset, context.WallClock);
        if (_slices is not null || IsWaiting) return;
        var version = state.References.Version;
        if (_sweep is null && version != _swept && version == _looked) BeginSweep(version);
        _looked = version;
        if (_sweep is { } sweep)
        {
            if (!sweep.Compare(options.SweepSlice)) return;
            _sweep = null;
            if (sweep.IsAnythingDue) BeginPass(sweep);
        }
        else
        {
            LookForWithdrawals();
        }
    }

    // What was left to a recount comes first: else a stream of others would keep it waiting for ever.
    private void LookForWithdrawals()
    {
        var (pending, untried) = (state.Withdrawals.Pending.Count, state.Withdrawals.Untried.Count);
        if (pending > untried && _passRest.IsOver(context.WallClock)) BeginPass(new Sweep(state, Newest, Ahead));
        else if (untried > 0 && _aloneRest.IsOver(context.WallClock)) BeginTakingOut();
    }

    // Where repetitions begin that can't be told any more. Not of old when nothing comes: other partitions go on, and settle forgets windows.
    private long Floor => (IsQuiet ? Now : context.Metadata.Arrival) - options.DedupMillis;

    private bool IsWaiting => context.Metadata.Offset < 0 && context.WallClock - _lastMoved < (long)Patience.TotalMilliseconds;

    private bool IsQuiet => context.Metadata.Offset < 0 || context.WallClock - _lastMoved >= (long)MeteringOptions.QuietAfter.TotalMilliseconds;

    // What locks are held against.
    private long Now => Math.Max(context.WallClock, context.Metadata.Arrival);

    // Before the first record after a start nothing is known, and everything may have been counted.
    private long Newest => context.StreamTime ?? long.MaxValue;

    // Nothing arrives more than the skew before it happens.
    private long Ahead => context.StreamTime + 1 ?? context.WallClock + MeteringOptions.SkewMillis;

    private void BeginSweep(long version)
    {
        _swept = version;
        partials.Reopen();
        _sweep = new Sweep(state, Newest, Ahead);
        _sweep.CompareRules();
    }

    private void BeginPass(Sweep sweep)
    {
        if (RecountPass.Plan(state, sweep, Floor) is not { } pass) return;
        var past = context.ReadPast<string, IncomingEvent>(pass.FromArrival);
        _slices = context.Schedule(SliceInterval, PunctuationType.WallClock, _ => Read(pass, past));
    }

    private void Read(RecountPass pass, PastInput<string, IncomingEvent> past)
    {
        if (ReadSlice(past, _passRest, (in Record<string, IncomingEvent> record, in RecordMetadata at) => pass.Take(record, at, past.Start))) pass.Finish(partials, Now);
    }

    private void BeginTakingOut()
    {
        var taking = new TakingOut(state, partials, Floor);
        if (taking.Offsets.Count == 0)
        {
            taking.Finish();
            return;
        }

        var past = context.ReadPast<string, IncomingEvent>(taking.Offsets);
        _slices = context.Schedule(SliceInterval, PunctuationType.WallClock, _ => Read(taking, past));
    }

    private void Read(TakingOut taking, PastInput<string, IncomingEvent> past)
    {
        if (ReadSlice(past, _aloneRest, (in Record<string, IncomingEvent> record, in RecordMetadata at) => taking.Take(record, at, Now))) taking.Finish();
    }

    private bool ReadSlice(PastInput<string, IncomingEvent> past, Rest rest, PastRecordAction<string, IncomingEvent> take)
    {
        var began = context.WallClock;
        var isDone = past.Read(options.RecountSlice, take);
        rest.Spend(began, context.WallClock);
        if (!isDone) return false;
        past.Dispose();
        _slices!.Cancel();
        _slices = null;
        rest.Begin(context.WallClock);
        return true;
    }
}
