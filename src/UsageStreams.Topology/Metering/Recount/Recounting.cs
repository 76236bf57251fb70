using UsageStreams.Streams;
using UsageStreams.Topology.Metering.Decoding;
using UsageStreams.Topology.Metering.State;

namespace UsageStreams.Topology.Metering.Recount;

/// <summary>
/// Keeps what was counted in step with reference data and withdrawals: finds who is due, reads the task's past in slices between batches while events go on
/// being counted as before, and at the end sends, in one transaction, what differs. Nothing of it is kept before: after a crash it begins anew.
/// </summary>
internal sealed class Recounting(ProcessorContext<PartialKey, Partial> context, MeterState state, OpenPartials partials, MeteringOptions options)
{
    /// <summary>How often references are looked at. They must have stood still since the last look: changes mostly come in several records.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan SliceInterval = TimeSpan.FromMilliseconds(1);

    private long _looked = -1;
    private long _swept = -1;
    private Sweep? _sweep;
    private RecountPass? _pass;
    private Punctuation? _slices;

    /// <summary>Begins to look.</summary>
    public void Start() => context.Schedule(LookInterval, PunctuationType.WallClock, _ => Look());

    private void Look()
    {
        if (_pass is not null) return;
        var version = state.References.Version;
        if (_sweep is null && version != _swept && version == _looked) BeginSweep(version);
        _looked = version;
        if (_sweep is { } sweep)
        {
            if (!sweep.Compare(options.SweepSlice)) return;
            _sweep = null;
            BeginPass(sweep);
        }
        else if (state.Withdrawals.Pending.Count > 0)
        {
            BeginPass(new Sweep(state, Newest, Ahead));
        }
    }

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
        var newest = context.Metadata.Offset >= 0 ? context.Metadata.Arrival : context.WallClock;
        if (RecountPass.Plan(state, sweep, newest - options.DedupMillis) is not { } pass) return;
        _pass = pass;
        var past = context.ReadPast<string, IncomingEvent>(pass.FromArrival);
        _slices = context.Schedule(SliceInterval, PunctuationType.WallClock, _ => Read(pass, past));
    }

    private void Read(RecountPass pass, PastInput<string, IncomingEvent> past)
    {
        var isDone = past.Read(options.RecountSlice, (in Record<string, IncomingEvent> record, in RecordMetadata at) => pass.Take(record, at, past.Start));
        if (!isDone) return;
        past.Dispose();
        _slices!.Cancel();
        (_pass, _slices) = (null, null);
        pass.Finish(partials, Math.Max(context.WallClock, context.Metadata.Arrival));
    }
}
