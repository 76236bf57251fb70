using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Testing;

namespace UsageStreams.Streams.Tests.Sessions;

/// <summary>A standby beside a task that runs: the one does not hold up the other, and how far it is behind is told.</summary>
public sealed class FollowingTests
{
    [Fact]
    public void A_thread_does_not_wait_for_input_while_changelogs_have_more_to_follow_than_one_step_takes()
    {
        using var group = Group();
        var clock = new ManualTimeProvider();
        ThreadContext context = Context(group, clock);
        using var session = new StreamSession(context);
        session.Begin(TestContext.Current.CancellationToken);
        Step(session, clock, 10);
        group.Waits.ShouldContain(static wait => wait > TimeSpan.Zero);

        group.Unfollowed = 5 * GroupReader.BatchLimit + 1;
        Step(session, clock, 1);
        group.Waits.Clear();
        Step(session, clock, 4);
        group.Unfollowed.ShouldBe(1);
        group.Waits.ShouldAllBe(static wait => wait == TimeSpan.Zero);
        Step(session, clock, 2);

        group.Unfollowed.ShouldBe(0);
        group.Waits[^1].ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public void How_far_a_standby_is_behind_is_published()
    {
        using var group = Group();
        var clock = new ManualTimeProvider();
        ThreadContext context = Context(group, clock);
        using var session = new StreamSession(context);
        session.Begin(TestContext.Current.CancellationToken);
        Step(session, clock, 30);
        context.Metrics.Snapshot.Standbys.ShouldBe([new StandbyMetrics(new TaskId("in", 1), 0) { Lag = 0, Delay = TimeSpan.Zero }]);

        // Less than is written while it is published ten times.
        group.Unfollowed = 100 * GroupReader.BatchLimit;
        Step(session, clock, 30);

        StandbyMetrics behind = context.Metrics.Snapshot.Standbys.ShouldHaveSingleItem();
        behind.Lag.ShouldNotBeNull().ShouldBeGreaterThan(0);
        behind.Delay.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);

        session.Leave();
        context.Report(running: false, [], null);
        context.Metrics.Snapshot.Standbys.ShouldBeEmpty();
    }

    private static ScriptedGroup Group() => new()
    {
        Options = new StreamsOptions
        {
            ApplicationId = "scripted",
            Connection = new KafkaConnection("scripted:1"),
            Standby = true,
        },
    };

    private static void Step(StreamSession session, ManualTimeProvider clock, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(20));
            session.Step();
        }
    }

    private static ThreadContext Context(ScriptedGroup group, ManualTimeProvider clock)
    {
        StoreBuilder<string, string> last = Stores.KeyValue("last", Serdes.Utf8, Serdes.Utf8);
        var builder = new StreamsBuilder();
        builder.Stream("in", Consumed.With(Serdes.Utf8, Serdes.Utf8)).Process("ignore", () => new Ignore(), last).To("out", Produced.With(Serdes.Utf8, Serdes.Utf8));
        Topology topology = builder.Build();
        var topics = new TopicLayout(topology, "scripted", new Dictionary<string, int>(StringComparer.Ordinal) { ["in"] = 2, ["out"] = 1, ["scripted-last-changelog"] = 2 });
        return new ThreadContext(0, topology, topics, group, clock, static () => { });
    }

    private sealed class Ignore : IProcessor<string, string, string, string>
    {
        public void Init(ProcessorContext<string, string> context)
        {
        }

        public void Process(in Record<string, string> record)
        {
        }
    }
}
