using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams.Tests.Runtime;

public sealed class HealthTests
{
    private static readonly TaskMetrics Behind = new(new TaskId("in", 0), "in", IsRunning: true, Lag: 70, StreamTime: null);

    [Fact]
    public void An_application_whose_tasks_process_is_healthy()
    {
        StreamsHealth health = Report(StreamsState.Running, Behind).Make(maxLag: 70);

        health.IsHealthy.ShouldBeTrue();
        health.Ready.Reason.ShouldBe("All 1 tasks process.");
        health.Lag.Reason.ShouldBe("70 records are unread, at most 70 may be.");
    }

    [Theory]
    [InlineData(StreamsState.Created, true)]
    [InlineData(StreamsState.Rebalancing, true)]
    [InlineData(StreamsState.PendingShutdown, true)]
    [InlineData(StreamsState.NotRunning, false)]
    [InlineData(StreamsState.Error, false)]
    public void One_that_does_not_run_is_not_ready_and_live_as_long_as_it_may_come_to_run(StreamsState state, bool live)
    {
        StreamsHealth health = Report(state).Make(null);

        health.Live.IsHealthy.ShouldBe(live);
        health.Ready.IsHealthy.ShouldBeFalse();
        health.Ready.Reason.ShouldNotBeEmpty();
    }

    [Fact]
    public void An_error_is_told() => new HealthReport(StreamsState.Error, new StreamsException("poison"), [], Metrics()).Make(null).Live.Reason.ShouldContain("poison");

    [Fact]
    public void Tasks_that_restore_are_named()
    {
        HealthCheck ready = Report(StreamsState.Rebalancing, Behind, Behind with { Id = new TaskId("in", 7), IsRunning = false, Lag = null }).Make(null).Ready;

        ready.IsHealthy.ShouldBeFalse();
        ready.Reason.ShouldBe("Tasks in/7 restore.");
    }

    [Fact]
    public void The_task_that_lags_most_is_named_and_whether_it_is_paused()
    {
        HealthCheck lag = Report(StreamsState.Running, Behind, Behind with { Id = new TaskId("in", 1), Lag = 80, IsPaused = true }).Make(100).Lag;

        lag.IsHealthy.ShouldBeFalse();
        lag.Reason.ShouldBe("150 records are unread, at most 100 may be; most of in/1: 80, which is paused.");
    }

    [Fact]
    public void A_lag_that_is_not_known_is_not_within_a_bound()
    {
        Report(StreamsState.Running, Behind with { Lag = null }).Make(100).Lag.IsHealthy.ShouldBeFalse();
        Report(StreamsState.Running, Behind with { Lag = null }).Make(null).Lag.IsHealthy.ShouldBeTrue();
    }

    [Fact]
    public void How_far_standbys_are_behind_is_told()
    {
        var known = new StandbyMetrics(new TaskId("in", 1), 0) { Lag = 3, Delay = TimeSpan.FromSeconds(1.5) };
        StreamsMetrics metrics = Metrics(Behind) with { Standbys = [known, known with { Delay = TimeSpan.Zero }] };

        Ready(metrics).ShouldBe("All 1 tasks process; 2 of other instances are followed, 1.5 s behind at most.");
        Ready(metrics with { Standbys = [known, known with { Delay = null }] }).ShouldBe(
            "All 1 tasks process; 2 of other instances are followed, 1.5 s behind at most, and of 1 it is not known yet.");

        static string Ready(StreamsMetrics metrics) => new HealthReport(StreamsState.Running, null, [], metrics).Make(null).Ready.Reason;
    }

    private static HealthReport Report(StreamsState state, params TaskMetrics[] tasks) => new(state, null, [], Metrics(tasks));

    private static StreamsMetrics Metrics(params TaskMetrics[] tasks) => new(0, 0, 0, 0, 0, 0, tasks);
}
