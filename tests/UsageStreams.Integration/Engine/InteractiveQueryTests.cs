using System.Collections.Concurrent;
using UsageStreams.Streams;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Queries;

namespace UsageStreams.Integration.Engine;

/// <summary>Questions to the stores of a running application.</summary>
public sealed class InteractiveQueryTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    private const int Partitions = 4;

    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_answers_by_key_by_range_and_all_with_what_a_plain_loop_counts()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync();
        (List<(string Key, string Value)> records, Dictionary<string, long> totals) = SumTopology.Numbers(seed: 11, count: 2000);
        kafka.Write(input, records);
        await using var streams = new KafkaStreams(SumTopology.Build(input, output, out StoreBuilder<string, long> store), options, new TestLogger());
        StoreQuery<string, long> query = streams.Store(store);
        await streams.StartAsync(Ending);
        await Eventually.TrueAsync(() => SumOf(query) == totals.Values.Sum(), "every record in the store");

        foreach ((string group, long total) in totals)
            (await query.GetAsync(group, Ending)).Value.ShouldBe(total, group);
        (await query.GetAsync("nobody", Ending)).Found.ShouldBeFalse();
        EntriesResult<string, long> all = await query.AllAsync(cancellationToken: Ending);
        all.Entries.OrderBy(static e => e.Key, StringComparer.Ordinal).ShouldBe(totals.OrderBy(static t => t.Key, StringComparer.Ordinal));
        all.At.Select(static at => at.Task).ShouldBe(Enumerable.Range(0, Partitions).Select(static p => new TaskId("groups", p)));
        (await query.RangeAsync("g1", "g2", cancellationToken: Ending)).Entries.ShouldBe(
            totals.Where(static t => string.CompareOrdinal(t.Key, "g1") >= 0 && string.CompareOrdinal(t.Key, "g2") < 0).OrderBy(static t => t.Key, StringComparer.Ordinal));
        (await query.CountAsync(Ending)).Values.Sum().ShouldBe(totals.Count);
        StoreUnavailableException tooMany = await Should.ThrowAsync<StoreUnavailableException>(() => query.AllAsync(limit: 1, Ending));
        tooMany.Reason.ShouldBe(StoreUnavailableReason.TooManyEntries);
    }

    [Fact]
    public async Task An_answer_tells_its_position_and_a_committed_answer_is_never_taken_back()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync(partitions: 1);
        bool fail = false;
        options = options with
        {
            CommitInterval = TimeSpan.FromMilliseconds(200),
            BeforeCommitStep = step =>
            {
                if (step == CommitStep.Commit && Volatile.Read(ref fail))
                    throw new TransactionFailure("broken by the test before the commit");
            },
        };
        await using var streams = new KafkaStreams(SumTopology.Build(input, output, out StoreBuilder<string, long> store), options, new TestLogger());
        StoreQuery<string, long> query = streams.Store(store);
        await streams.StartAsync(Ending);
        kafka.Write(input, [("g:1", "5")]);
        await Eventually.TrueAsync(() => SumOf(query.WithCommittedOnly()) == 5, "the first record committed");
        KeyResult<long> committed = await query.WithCommittedOnly().GetAsync("g", Ending);
        committed.At.Position.ShouldNotBeNull();

        // From here on no commit succeeds: the first sub-topology's output never reaches the second, whose store stays as it was committed.
        Volatile.Write(ref fail, true);
        kafka.Write(input, [("g:1", "7")]);
        await Eventually.TrueAsync(() => streams.Metrics.Recoveries >= 2, "failed commits");
        var answers = new ConcurrentBag<long>();
        for (int i = 0; i < 20; i++)
        {
            try
            {
                using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ending);
                deadline.CancelAfter(TimeSpan.FromMilliseconds(100));
                answers.Add((await query.WithCommittedOnly().GetAsync("g", deadline.Token)).Value);
            }
            catch (Exception e) when (e is StoreUnavailableException { IsTransient: true } or OperationCanceledException)
            {
                // Restoring, or waiting for a commit that does not come.
            }
        }

        answers.ShouldAllBe(static value => value == 5);
        Volatile.Write(ref fail, false);
        await Eventually.TrueAsync(() => SumOf(query.WithCommittedOnly()) == 12, "the second record committed");
        (await query.WithCommittedOnly().GetAsync("g", Ending)).At.Position!.Value.ShouldBeGreaterThan(committed.At.Position!.Value);
    }

    [Fact]
    public async Task A_query_that_allows_no_lag_is_refused_while_the_task_lags_and_answered_when_it_has_caught_up()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync(partitions: 1);
        options = options with { CommitInterval = TimeSpan.FromSeconds(5) };
        using var gate = new Gate();
        kafka.Write(input, Enumerable.Range(0, 5000).Select(static i => ($"g:{i}", "1")));
        StoreBuilder<string, long> store = Stores.KeyValue("seen", Serdes.Utf8, Serdes.Int64);
        var builder = new StreamsBuilder();
        builder.Stream(input, Consumed.With(Serdes.Utf8, Serdes.Utf8).WithName("numbers"))
            .Process("count", () => new GatedCount(store, gate, "g:2500"), store)
            .To(output, Produced.With(Serdes.Utf8, Serdes.Int64));
        await using var streams = new KafkaStreams(builder.Build(), options, new TestLogger());
        StoreQuery<string, long> query = streams.Store(store);
        await streams.StartAsync(Ending);

        // A batch has at most 2000 records: the thread stands in a later one than the first, which does not reach the end of the topic.
        await gate.ReachedAsync();
        Task<KeyResult<long>> strict = query.WithMaxLag(0).GetAsync("g:0", Ending);
        Task<KeyResult<long>> lax = query.GetAsync("g:0", Ending);
        gate.Open();
        (await lax).Value.ShouldBe(1);
        (await lax).At.Lag!.Value.ShouldBeInRange(500, 2499);
        StoreUnavailableException refused = await Should.ThrowAsync<StoreUnavailableException>(() => strict);
        refused.Reason.ShouldBe(StoreUnavailableReason.TooStale);
        refused.IsTransient.ShouldBeTrue();
        await Eventually.TrueAsync(() => streams.Metrics.Lag == 0 && streams.Metrics.RecordsConsumed == 5000, "no lag");
        (await query.WithMaxLag(0).GetAsync("g:4999", Ending)).ShouldBe(new KeyResult<long>(true, 1, new StorePosition(new TaskId("numbers", 0), 5000, 5000)));
    }

    [Fact]
    public async Task A_store_that_is_unknown_or_not_running_says_so()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync();
        await using var streams = new KafkaStreams(SumTopology.Build(input, output, out StoreBuilder<string, long> store), options, new TestLogger());
        Should.Throw<StreamsException>(() => streams.Store(Stores.KeyValue("totals", Serdes.Utf8, Serdes.Int64))).Message.ShouldContain("no store 'totals' by this handle");
        (await Should.ThrowAsync<StoreUnavailableException>(() => streams.Store(store).GetAsync("g1", Ending))).Reason.ShouldBe(StoreUnavailableReason.NotRunning);

        await streams.StartAsync(Ending);
        await Eventually.TrueAsync(() => streams.State == StreamsState.Running && streams.Metrics.Tasks.Count == 2 * Partitions, "all tasks here");
        (await streams.Store(store).AllAsync(cancellationToken: Ending)).Entries.ShouldBeEmpty();

        await streams.StopAsync(Ending);
        (await Should.ThrowAsync<StoreUnavailableException>(() => streams.Store(store).GetAsync("g1", Ending))).Reason.ShouldBe(StoreUnavailableReason.NotRunning);
    }

    [Fact]
    public async Task Queries_under_load_and_rebalances_answer_or_say_why_not()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync();
        options = options with { Threads = 2 };
        (List<(string Key, string Value)> records, Dictionary<string, long> totals) = SumTopology.Numbers(seed: 12, count: 6000);
        await using var streams = new KafkaStreams(SumTopology.Build(input, output, out StoreBuilder<string, long> store), options, new TestLogger());
        await streams.StartAsync(Ending);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        Task<int>[] askers = [.. Enumerable.Range(0, 3).Select(_ => AskAsync(streams.Store(store), totals, enough.Token))];
        foreach ((string Key, string Value)[] part in records.Chunk(1500))
        {
            kafka.Write(input, part);
            await using var other = new KafkaStreams(SumTopology.Build(input, output, out _), options, new TestLogger());
            await other.StartAsync(Ending);
            await Eventually.TrueAsync(() => other.Metrics.Tasks.Any(static t => t.IsRunning), "tasks in the other instance");
        }

        await Eventually.TrueAsync(() => streams.State == StreamsState.Running && SumOf(streams.Store(store)) == totals.Values.Sum(), "every record in the store");
        await enough.CancelAsync();
        (await Task.WhenAll(askers)).Sum().ShouldBeGreaterThan(0);
    }

    /// <summary>Asks until it is stopped; totals only grow and never beyond what a plain loop counts. Gives the number of answers.</summary>
    private static async Task<int> AskAsync(StoreQuery<string, long> query, Dictionary<string, long> totals, CancellationToken enough)
    {
        int answers = 0;
        string[] groups = [.. totals.Keys];
        for (int i = 0; !enough.IsCancellationRequested; i++)
        {
            string group = groups[i % groups.Length];
            try
            {
                KeyResult<long> answer = await query.GetAsync(group, enough);
                answer.Value.ShouldBeLessThanOrEqualTo(totals[group]);
                answers++;
            }
            catch (StoreUnavailableException e)
            {
                e.IsTransient.ShouldBeTrue(e.Message);
                await Task.Yield();
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return answers;
    }

    /// <summary>The sum of all entries; -1 while the store can't answer.</summary>
    private static long SumOf(StoreQuery<string, long> query)
    {
        try
        {
            return query.AllAsync(cancellationToken: Ending).GetAwaiter().GetResult().Entries.Sum(static e => e.Value);
        }
        catch (StoreUnavailableException e) when (e.IsTransient)
        {
            return -1;
        }
    }

    private async Task<(string Input, string Output, StreamsOptions Options)> PrepareAsync(int partitions = Partitions)
    {
        string input = await kafka.CreateTopicAsync("in", partitions);
        string output = await kafka.CreateTopicAsync("out", 2);
        return (input, output, new StreamsOptions { ApplicationId = kafka.Unique("app"), Connection = kafka.Connection, SessionTimeout = TimeSpan.FromSeconds(6) });
    }
}
