using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams.Internal.Telemetry;

/// <summary>
/// Every instrument of the engine; docs/metrics.md describes them. Counts and states are looked up in what threads publish, when somebody asks;
/// only commits are recorded as they happen.
/// </summary>
internal static class StreamsMeter
{
    private const string Prefix = "usagestreams.streams.";
    private static readonly Meter Meter = new(StreamsTelemetry.MeterName);
    private static readonly ConcurrentDictionary<ApplicationTelemetry, bool> Applications = new();

    static StreamsMeter()
    {
        Count("records.consumed", "{record}", "Records taken from the input, watermarks included.", static m => m.RecordsConsumed);
        Count("records.produced", "{record}", "Records of committed transactions: output, changelogs, watermarks.", static m => m.RecordsProduced);
        Count("records.restored", "{record}", "Records read to restore stores and to follow tables.", static m => m.RecordsRestored);
        Count("records.stale", "{record}", "Records dropped because their partition had gone to another worker, which reads them.", static m => m.StaleRecordsDropped);
        Count("transactions.committed", "{transaction}", "Committed transactions.", static m => m.TransactionsCommitted);
        Count("transactions.aborted", "{transaction}", "Transactions given up after a failure.", static m => m.TransactionsAborted);
        Count("recoveries", "{recovery}", "Times that a thread dropped its tasks and clients and began anew.", static m => m.Recoveries);
        Meter.CreateObservableCounter(
            Prefix + "punctuation.time", static () => PerThread(static m => m.PunctuationTime.TotalSeconds), "s", "Time spent in punctuations between batches.");
        Meter.CreateObservableCounter(Prefix + "records.side_output", SideOutputs, "{record}", "Records sent to a side output: late, duplicate, undecodable, and so on.");
        Meter.CreateObservableCounter(Prefix + "faults", Faults, "{record}", "Decisions about records that failed.");
        Count("fault.rollbacks", "{transaction}", "Transactions aborted because a record failed after it had changed or sent something.", static m => m.FaultRollbacks);
        Meter.CreateObservableCounter(Prefix + "rebalances", Rebalances, "{rebalance}", "Times that partitions were assigned, revoked or lost.");
        Meter.CreateObservableUpDownCounter(Prefix + "threads", Threads, "{thread}", "Threads by state: 1 for the state that a thread is in.");
        Meter.CreateObservableUpDownCounter(Prefix + "tasks", Tasks, "{task}", "Tasks by state: restoring, running, idle, or paused.");
        Meter.CreateObservableGauge(
            Prefix + "task.lag", static () => PerTask(static (task, _) => task.Lag), "{record}", "Offsets between what a task processed and the end of its input.");
        Meter.CreateObservableGauge(
            Prefix + "task.watermark.delay",
            static () => PerTask(static (task, now) => Delay(task.StreamTime, now)),
            "s",
            "Time between a task's stream time and now.");
        Meter.CreateObservableGauge(
            Prefix + "upstream.watermark.delay", Upstreams, "s", "Time between what a sub-topology above announced to a task and now; none where all its tasks are idle.");
        Meter.CreateObservableGauge(
            Prefix + "standby.lag",
            static () => PerStandby(static s => s.Lag),
            "{record}",
            "Offsets between what is followed of another instance's task and the ends of its changelogs.");
        Meter.CreateObservableGauge(
            Prefix + "standby.delay",
            static () => PerStandby(static s => s.Delay?.TotalSeconds),
            "s",
            "Time that the state followed of another instance's task is behind its changelogs; 0 at their ends.");
        Meter.CreateObservableUpDownCounter(Prefix + "store.entries", static () => PerStore(static s => s.Entries), "{entry}", "Keys in a store of a task.");
        Meter.CreateObservableGauge(
            Prefix + "restore.records", static () => PerStore(static s => s.Restored), "{record}", "Records that the last restore of a store read so far.");
        Meter.CreateObservableGauge(
            Prefix + "restore.remaining", static () => PerStore(static s => s.ToRestore), "{record}", "Offsets that the restore of a store still has to read.");
    }

    /// <summary>Recorded once per commit.</summary>
    public static Histogram<double> CommitDuration { get; } = Meter.CreateHistogram(
        Prefix + "commit.duration",
        "s",
        "Duration of commits that succeeded, punctuation and flush included.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] });

    public static void Add(ApplicationTelemetry application) => Applications.TryAdd(application, true);

    public static void Remove(ApplicationTelemetry application) => Applications.TryRemove(application, out _);

    public static KeyValuePair<string, object?> Tag(ThreadContext thread) => new(TelemetryNames.Thread, thread.ClientId);

    private static void Count(string name, string unit, string description, Func<StreamsMetrics, long> read) =>
        Meter.CreateObservableCounter(Prefix + name, () => PerThread(read), unit, description);

    private static IEnumerable<Measurement<T>> PerThread<T>(Func<StreamsMetrics, T> read)
        where T : struct => Snapshots().Select(s => new Measurement<T>(read(s.Metrics), s.Application.Tag, Tag(s.Thread)));

    private static IEnumerable<Measurement<long>> SideOutputs() => Snapshots().SelectMany(static s => s.Metrics.SideOutputs.Select(side => new Measurement<long>(
        side.Records, s.Application.Tag, Tag(s.Thread), new(TelemetryNames.Node, side.Node), new(TelemetryNames.SideOutput, side.SideOutput))));

    private static IEnumerable<Measurement<long>> Faults() => Snapshots().SelectMany(static s => s.Metrics.Faults.Select(fault => new Measurement<long>(
        fault.Count,
        s.Application.Tag,
        Tag(s.Thread),
        new(TelemetryNames.Node, fault.Node),
        new(TelemetryNames.Kind, fault.Kind.ToString()),
        new(TelemetryNames.Decision, fault.Decision.ToString()))));

    private static IEnumerable<Measurement<long>> Rebalances()
    {
        foreach ((ApplicationTelemetry application, ThreadContext thread, StreamsMetrics metrics) in Snapshots())
        {
            yield return Of(metrics.Rebalances.Assigned, "assigned");
            yield return Of(metrics.Rebalances.Revoked, "revoked");
            yield return Of(metrics.Rebalances.Lost, "lost");

            Measurement<long> Of(long count, string what) => new(count, application.Tag, Tag(thread), new(TelemetryNames.Event, what));
        }
    }

    private static IEnumerable<Measurement<long>> Threads() =>
        from application in Applications.Keys
        from thread in application.Threads
        from state in Enum.GetValues<StreamThreadState>()
        select new Measurement<long>(thread.State == state ? 1 : 0, application.Tag, Tag(thread), new(TelemetryNames.State, Text(state)));

    private static IEnumerable<Measurement<long>> Tasks()
    {
        foreach ((ApplicationTelemetry application, ThreadContext thread, StreamsMetrics metrics) in Snapshots())
        {
            yield return Of(static t => !t.IsRunning, "restoring");
            yield return Of(static t => t is { IsRunning: true, IsPaused: false, IsIdle: false }, "running");
            yield return Of(static t => t is { IsRunning: true, IsPaused: false, IsIdle: true }, "idle");
            yield return Of(static t => t is { IsRunning: true, IsPaused: true }, "paused");

            Measurement<long> Of(Func<TaskMetrics, bool> which, string state) =>
                new(metrics.Tasks.Count(which), application.Tag, Tag(thread), new(TelemetryNames.State, state));
        }
    }

    private static IEnumerable<Measurement<T>> PerTask<T>(Func<TaskMetrics, long, T?> read)
        where T : struct
    {
        foreach ((ApplicationTelemetry application, _, StreamsMetrics metrics) in Snapshots())
        {
            long now = application.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (TaskMetrics task in metrics.Tasks)
            {
                if (read(task, now) is { } value)
                    yield return new Measurement<T>(value, application.Tag, Tag(task));
            }
        }
    }

    private static IEnumerable<Measurement<double>> Upstreams()
    {
        foreach ((ApplicationTelemetry application, _, StreamsMetrics metrics) in Snapshots())
        {
            long now = application.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (TaskMetrics task in metrics.Tasks)
            {
                foreach (UpstreamMetrics upstream in task.Upstreams)
                {
                    if (!upstream.IsIdle && Delay(upstream.Time, now) is { } delay)
                        yield return new Measurement<double>(delay, application.Tag, Tag(task), new(TelemetryNames.Upstream, upstream.SubTopology));
                }
            }
        }
    }

    private static IEnumerable<Measurement<long>> PerStore(Func<StoreMetrics, long> read) => Snapshots().SelectMany(s => s.Metrics.Tasks.SelectMany(task =>
        task.Stores.Select(store => new Measurement<long>(read(store), s.Application.Tag, Tag(task), new(TelemetryNames.Store, store.Name)))));

    private static IEnumerable<Measurement<T>> PerStandby<T>(Func<StandbyMetrics, T?> read)
        where T : struct => Snapshots().SelectMany(s => s.Metrics.Standbys.Where(standby => read(standby) is not null).Select(standby =>
            new Measurement<T>(read(standby)!.Value, s.Application.Tag, new(TelemetryNames.Task, standby.Id.ToString()))));

    private static IEnumerable<(ApplicationTelemetry Application, ThreadContext Thread, StreamsMetrics Metrics)> Snapshots() =>
        Applications.Keys.SelectMany(static application => application.Contexts.Select(thread => (application, thread, thread.Metrics.Snapshot)));

    private static KeyValuePair<string, object?> Tag(TaskMetrics task) => new(TelemetryNames.Task, task.Id.ToString());

    private static double? Delay(long? time, long now) => time is { } known ? (now - known) / 1000.0 : null;

    private static string Text(StreamThreadState state) => state switch
    {
        StreamThreadState.Running => "running",
        StreamThreadState.Recovering => "recovering",
        _ => "rebalancing",
    };
}
