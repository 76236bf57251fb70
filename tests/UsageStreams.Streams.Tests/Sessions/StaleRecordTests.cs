using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Testing;

namespace UsageStreams.Streams.Tests.Sessions;

/// <summary>Rebalances that fit into one poll, and what that poll had fetched before.</summary>
public sealed class StaleRecordTests : IDisposable
{
    private readonly ScriptedGroup _group = new();
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void A_partition_given_back_and_assigned_again_within_one_poll_gives_ten_outputs_for_ten_inputs()
    {
        _group.Log.AddRange(Values(0, 10));
        _group.Polls.Enqueue(static reader => reader.Assign());
        // The batch is fetched, then the rebalance runs, then the batch is handed over; and the new assignment fetches the same records.
        _group.Polls.Enqueue(static reader =>
        {
            var fetched = reader.Fetch();
            reader.Revoke();
            reader.Assign();
            reader.HandOver(fetched);
        });

        Run(steps: 10);

        _group.Committed.ShouldBe(Values(0, 10));
        _group.Offset.Value.ShouldBe(10);
    }

    [Fact]
    public void Records_of_a_partition_that_is_no_longer_assigned_are_dropped_and_counted()
    {
        _group.Log.AddRange(Values(0, 10));
        _group.Polls.Enqueue(static reader => reader.Assign());
        _group.Polls.Enqueue(static reader =>
        {
            var fetched = reader.Fetch();
            reader.Revoke();
            reader.HandOver(fetched);
        });

        StreamsMetrics metrics = Run(steps: 10);

        metrics.StaleRecordsDropped.ShouldBe(10);
        _group.Committed.ShouldBe(Values(0, 10));
    }

    [Fact]
    public void Rebalances_at_random_points_of_polls_lose_and_double_nothing_in_a_thousand_runs()
    {
        for (int seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            using var test = new StaleRecordTests();
            test._group.Polls.Enqueue(static reader => reader.Assign());
            for (int poll = 0; poll < 20; poll++)
            {
                test._group.Log.AddRange(Values(test._group.Log.Count, random.Next(4)));
                test._group.Polls.Enqueue(Poll(random.Next(4), test._group.Log.Count));
            }

            test.Run(steps: 60);
            string.Join(" ", test._group.Committed).ShouldBe(string.Join(" ", Values(0, test._group.Log.Count)), $"seed {seed}");
        }
    }

    public void Dispose() => _group.Dispose();

    private static Action<ScriptedGroup.Reader> Poll(int kind, int written) => reader =>
    {
        if (!reader.Owns)
            reader.Assign();
        var fetched = reader.Fetch(written);
        if (kind > 0)
            reader.Revoke();
        if (kind > 1)
            reader.Assign();
        reader.HandOver(fetched);
        if (kind > 2)
            reader.HandOver(reader.Fetch(written));
    };

    private static string[] Values(int first, int count) => [.. Enumerable.Range(first, count).Select(static i => $"v{i}")];

    /// <summary>Does what the runtime's thread does: steps, and after a failure a new session.</summary>
    private StreamsMetrics Run(int steps)
    {
        var builder = new StreamsBuilder();
        builder.Stream("in", Consumed.With(Serdes.Utf8, Serdes.Utf8)).To("out", Produced.With(Serdes.Utf8, Serdes.Utf8));
        Topology topology = builder.Build();
        var topics = new TopicLayout(topology, "scripted", new Dictionary<string, int>(StringComparer.Ordinal) { ["in"] = 1, ["out"] = 1 });
        var context = new ThreadContext(0, topology, topics, _group, _clock, static () => { });
        StreamSession? session = null;
        for (int i = 0; i < steps; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            try
            {
                session ??= Begin(context);
                session.Step();
            }
            catch (TransactionFailure)
            {
                session!.Abandon();
                session.Dispose();
                session = null;
            }
        }

        session?.Leave();
        session?.Dispose();
        return context.Metrics.Snapshot;
    }

    private static StreamSession Begin(ThreadContext context)
    {
        var session = new StreamSession(context);
        session.Begin(TestContext.Current.CancellationToken);
        return session;
    }
}
