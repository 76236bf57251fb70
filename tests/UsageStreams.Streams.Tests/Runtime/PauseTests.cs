using System.Text;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Testing;

namespace UsageStreams.Streams.Tests.Runtime;

/// <summary>One session, step by step on the test's thread: an input that announces its stream time to a repartition topic.</summary>
public sealed class PauseTests : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _clock = new();
    private readonly FakeClients _clients;
    private readonly ThreadContext _context;
    private readonly StreamSession _session;

    public PauseTests()
    {
        StreamsOptions options = FakeApplication.Default with { IdleTimeout = Idle };
        var builder = new StreamsBuilder();
        builder.Stream("in", Consumed.With(Serdes.Utf8, Serdes.Utf8).WithName("first").WithTimestamps(static (in Record<string, string> _, long arrival) => arrival))
            .Repartition(Repartitioned.With("next", Serdes.Utf8, Serdes.Utf8))
            .To("out", Produced.With(Serdes.Utf8, Serdes.Utf8));
        Topology topology = builder.Build();
        var layout = new TopicLayout(topology, options.ApplicationId, new Dictionary<string, int>(StringComparer.Ordinal) { ["in"] = 1, ["out"] = 1 });
        layout.Create();
        _clients = new FakeClients(options);
        _context = new ThreadContext(0, topology, layout, _clients, _clock, static () => { });
        _session = new StreamSession(_context);
        _session.Begin(CancellationToken.None);
        Step();
    }

    public void Dispose()
    {
        _session.Dispose();
    }

    [Fact]
    public void A_paused_sub_topology_reads_nothing_and_the_others_go_on()
    {
        _context.Pauses.Pause(["first"]);
        Step();
        _clients.Reader.PausedPartitions.ShouldBe([FakeApplication.Input]);
        Tasks().ShouldBe(["first paused", "next"]);

        _context.Pauses.Resume(["first"]);
        Step();
        _clients.Reader.PausedPartitions.ShouldBeEmpty();
        Tasks().ShouldBe(["first", "next"]);
    }

    [Fact]
    public void What_was_processed_before_the_pause_is_committed()
    {
        _clients.OnPoll(static session => FakeApplication.Take(session, 0, "k", arrival: 100));
        _session.Step();
        Keys().ShouldBeEmpty();
        _context.Pauses.Pause(["first"]);
        Step();

        Keys().ShouldBe(["k"]);
    }

    [Fact]
    public void What_comes_to_a_paused_task_waits_and_is_taken_first_when_it_goes_on()
    {
        _context.Pauses.Pause(["first"]);
        Step();
        _clients.OnPoll(static session => FakeApplication.Take(session, 0, "k", arrival: 100));
        _clients.OnPoll(static session => StreamSession.TakeEnd(session.Slot(FakeApplication.Input), 1));
        Step();
        Step();
        Keys().ShouldBeEmpty();

        _context.Pauses.Resume(["first"]);
        _clients.OnPoll(static session => FakeApplication.Take(session, 1, "l", arrival: 200));
        Step();
        Keys().ShouldBe(["k", "l"]);
    }

    [Fact]
    public void A_silent_task_is_idle_and_a_paused_one_is_not()
    {
        _clients.OnPoll(static session => FakeApplication.Take(session, 0, "k", arrival: 100));
        _clients.OnPoll(static session => StreamSession.TakeEnd(session.Slot(FakeApplication.Input), 1));
        _session.Step();
        _session.Step();
        _context.Pauses.Pause(["first"]);
        Step();
        _clock.Advance(Idle * 3);
        Step();
        Watermarks().ShouldBe(["100"]);

        // The client tells of the end again when reading goes on, and the silence begins anew.
        _context.Pauses.Resume(["first"]);
        _clients.OnPoll(static session => StreamSession.TakeEnd(session.Slot(FakeApplication.Input), 1));
        Step();
        Watermarks().ShouldBe(["100"]);
        _clock.Advance(Idle);
        Step();
        Watermarks().ShouldBe(["100", "idle"]);
    }

    [Fact]
    public void A_task_that_was_idle_is_waited_for_again_while_it_is_paused()
    {
        _clients.OnPoll(static session => FakeApplication.Take(session, 0, "k", arrival: 100));
        _clients.OnPoll(static session => StreamSession.TakeEnd(session.Slot(FakeApplication.Input), 1));
        Step();
        Step();
        _clock.Advance(Idle);
        Step();
        Watermarks().ShouldBe(["100", "idle"]);

        _context.Pauses.Pause(["first"]);
        Step();
        Watermarks().ShouldBe(["100", "idle", "100"]);
    }

    [Fact]
    public void A_task_that_is_assigned_while_its_sub_topology_is_paused_is_restored_and_stays_paused()
    {
        _context.Pauses.Pause(["first", "next"]);
        using var second = new StreamSession(_context);
        second.Begin(CancellationToken.None);
        second.Step();

        Tasks().ShouldBe(["first paused", "next paused"]);
        _clients.Reader.PausedPartitions.Count.ShouldBe(2);
    }

    /// <summary>One batch, at a time when a commit is due.</summary>
    private void Step()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(20));
        _session.Step();
    }

    private string[] Keys() => [.. _clients.Committed.Where(static r => r.Key.Length == 1).Select(static r => Encoding.UTF8.GetString(r.Key))];

    private string[] Watermarks() => [.. _clients.Committed
        .Where(static r => Watermark.IsWatermark(r.Headers)).Select(static r => r.Headers.GetText(Watermark.TimeHeader)!)];

    private string[] Tasks() => [.. _context.Metrics.Snapshot.Tasks
        .Select(static t => t.Id.SubTopology + (t.IsPaused ? " paused" : "")).Order(StringComparer.Ordinal)];
}
