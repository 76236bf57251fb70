using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Testing;

namespace UsageStreams.Streams.Tests.Runtime;

/// <summary>One session, step by step on the test's thread: when it commits.</summary>
public sealed class CommitIntervalTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly FakeClients _clients;
    private readonly StreamSession _session;
    private long _offset;

    public CommitIntervalTests()
    {
        StreamsOptions options = FakeApplication.Default with
        {
            CommitInterval = TimeSpan.FromMilliseconds(100),
            CatchUpCommitInterval = TimeSpan.FromSeconds(1),
        };
        Topology topology = FakeApplication.Copy();
        var layout = new TopicLayout(topology, options.ApplicationId, new Dictionary<string, int>(StringComparer.Ordinal) { ["in"] = 1, ["out"] = 1 });
        layout.Create();
        _clients = new FakeClients(options);
        _session = new StreamSession(new ThreadContext(0, topology, layout, _clients, _clock, static () => { }));
        _session.Begin(CancellationToken.None);
        _session.Step();
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void With_nothing_waiting_a_commit_comes_after_the_commit_interval()
    {
        Process(after: 99).ShouldBe(0);
        Process(after: 1).ShouldBe(2);
    }

    [Fact]
    public void While_more_input_is_waiting_a_commit_is_put_off_up_to_its_bound()
    {
        _clients.Reader.HasMore = true;
        Process(after: 100).ShouldBe(0);
        Process(after: 899).ShouldBe(0);
        Process(after: 1).ShouldBe(3);
    }

    [Fact]
    public void A_commit_that_was_put_off_comes_when_the_input_is_used_up()
    {
        _clients.Reader.HasMore = true;
        Process(after: 200).ShouldBe(0);
        _clients.Reader.HasMore = false;
        Process(after: 1).ShouldBe(2);
    }

    [Fact]
    public void The_rest_of_the_interval_is_waited_for_in_whole_milliseconds_because_the_client_would_wait_for_none_of_a_part()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(98.6));
        _session.Step();
        _clients.Reader.Wait.ShouldBe(TimeSpan.FromMilliseconds(2));
        _clock.Advance(TimeSpan.FromMilliseconds(1.3));
        _session.Step();
        _clients.Reader.Wait.ShouldBe(TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void The_bound_is_never_above_a_quarter_of_the_transaction_timeout() =>
        (FakeApplication.Default with { TransactionTimeout = TimeSpan.FromSeconds(2) }).LongestCommitInterval.ShouldBe(TimeSpan.FromMilliseconds(500));

    /// <summary>Lets time go by and processes one record.</summary>
    /// <returns>Records committed so far.</returns>
    private int Process(int after)
    {
        _clock.Advance(TimeSpan.FromMilliseconds(after));
        long offset = _offset++;
        _clients.OnPoll(session => FakeApplication.Take(session, offset, "k"));
        _session.Step();
        return _clients.Committed.Count;
    }
}
