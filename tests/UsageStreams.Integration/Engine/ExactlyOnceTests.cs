using UsageStreams.Streams;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Integration.Engine;

public sealed class ExactlyOnceTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    [Fact]
    public async Task Sums_over_a_repartition_equal_a_plain_loop()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync();
        (List<(string Key, string Value)> records, Dictionary<string, long> totals) = SumTopology.Numbers(seed: 1, count: 5000);
        kafka.Write(input, records);

        await using (var streams = new KafkaStreams(SumTopology.Build(input, output, out _), options, new TestLogger()))
        {
            await streams.StartAsync(TestContext.Current.CancellationToken);
            CheckTotals(output, totals);
            streams.State.ShouldBe(StreamsState.Running);
            streams.Metrics.Tasks.Count.ShouldBe(8);
            await Eventually.TrueAsync(() => streams.Metrics.Lag == 0, "no lag");
        }
    }

    [Theory]
    [InlineData(nameof(CommitStep.Produce))]
    [InlineData(nameof(CommitStep.Flush))]
    [InlineData(nameof(CommitStep.SendOffsets))]
    [InlineData(nameof(CommitStep.Commit))]
    [InlineData(nameof(CommitStep.Acknowledge))]
    public async Task A_failure_before_any_step_of_a_commit_changes_no_sum(string stepName)
    {
        CommitStep broken = Enum.Parse<CommitStep>(stepName);
        (string input, string output, StreamsOptions options) = await PrepareAsync();
        int reached = 0;
        options = options with
        {
            BeforeCommitStep = step =>
            {
                // The second, fifth and ninth time: with nothing, little and more in the stores.
                if (step == broken && ++reached is 2 or 5 or 9)
                    throw new TransactionFailure($"broken by the test before {step}");
            },
        };
        (List<(string Key, string Value)> records, Dictionary<string, long> totals) = SumTopology.Numbers(seed: 2, count: 3000);

        await using var streams = new KafkaStreams(SumTopology.Build(input, output, out _), options, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);
        foreach ((string Key, string Value)[] part in records.Chunk(300))
        {
            kafka.Write(input, part);
            int seen = reached;
            await Eventually.TrueAsync(() => reached > seen, "another commit");
        }

        CheckTotals(output, totals);
        streams.Metrics.Recoveries.ShouldBeGreaterThanOrEqualTo(3);
    }

    [Fact]
    public async Task Two_instances_share_the_work_and_one_takes_over()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync();
        (List<(string Key, string Value)> records, Dictionary<string, long> totals) = SumTopology.Numbers(seed: 3, count: 6000);
        await using var first = new KafkaStreams(SumTopology.Build(input, output, out _), options, new TestLogger());
        await first.StartAsync(TestContext.Current.CancellationToken);
        kafka.Write(input, records.Take(2000));
        await Eventually.TrueAsync(() => first.Metrics.Tasks.Count == 8 && first.State == StreamsState.Running, "eight tasks in the first instance");

        await using var second = new KafkaStreams(SumTopology.Build(input, output, out _), options, new TestLogger());
        await second.StartAsync(TestContext.Current.CancellationToken);
        kafka.Write(input, records.Skip(2000).Take(2000));
        await Eventually.TrueAsync(() => first.Metrics.Tasks.Count == 4 && second.Metrics.Tasks.Count(t => t.IsRunning) == 4, "four tasks in each");
        await first.StopAsync(TestContext.Current.CancellationToken);
        kafka.Write(input, records.Skip(4000));

        CheckTotals(output, totals);
        second.Metrics.Tasks.Count.ShouldBe(8);
    }

    [Fact]
    public async Task A_named_instance_restarts_where_it_stopped()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync();
        options = options with { InstanceId = "one" };
        (List<(string Key, string Value)> records, Dictionary<string, long> totals) = SumTopology.Numbers(seed: 4, count: 3000);
        foreach ((string Key, string Value)[] part in records.Chunk(1000))
        {
            kafka.Write(input, part);
            await using var streams = new KafkaStreams(SumTopology.Build(input, output, out _), options, new TestLogger());
            await streams.StartAsync(TestContext.Current.CancellationToken);
            // More than the part: some of what was repartitioned, too, so that there is state to restore.
            await Eventually.TrueAsync(() => streams.Metrics is { Tasks.Count: 8, RecordsConsumed: > 1000, TransactionsCommitted: > 0 }, "a commit");
        }

        await using var last = new KafkaStreams(SumTopology.Build(input, output, out _), options, new TestLogger());
        await last.StartAsync(TestContext.Current.CancellationToken);
        CheckTotals(output, totals);
        await Eventually.TrueAsync(() => last.Metrics.RecordsRestored > 0, "restored records");
    }

    [Fact]
    public async Task What_was_read_of_a_repartition_topic_is_deleted()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync(partitions: 1);
        options = options with { RepartitionPurgeInterval = TimeSpan.FromSeconds(1) };
        (List<(string Key, string Value)> records, Dictionary<string, long> totals) = SumTopology.Numbers(seed: 6, count: 200);
        kafka.Write(input, records);
        await using var streams = new KafkaStreams(SumTopology.Build(input, output, out _), options, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);

        await Eventually.TrueAsync(() => kafka.FirstOffset($"{options.ApplicationId}-groups-repartition") > 0, "a repartition topic that begins later");
        CheckTotals(output, totals);
    }

    [Fact]
    public async Task An_instance_for_which_no_partition_is_left_is_running()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync(partitions: 1);
        options = options with { Threads = 3 };
        await using var streams = new KafkaStreams(SumTopology.Build(input, output, out _), options, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);

        await Eventually.TrueAsync(() => streams.State == StreamsState.Running && streams.Metrics.Tasks.Count == 2, "two tasks on three threads");
    }

    private async Task<(string Input, string Output, StreamsOptions Options)> PrepareAsync(int partitions = 4)
    {
        string input = await kafka.CreateTopicAsync("in", partitions);
        string output = await kafka.CreateTopicAsync("out", 3);
        var options = new StreamsOptions
        {
            ApplicationId = kafka.Unique("app"),
            Connection = kafka.Connection,
            SessionTimeout = TimeSpan.FromSeconds(6),
        };
        return (input, output, options);
    }

    private void CheckTotals(string output, Dictionary<string, long> totals)
    {
        List<(string Key, byte[]? Value)> written = kafka.Read(output, records => SumTopology.Last(records).Sum(static t => t.Value) >= totals.Values.Sum());
        SumTopology.Last(written).OrderBy(static t => t.Key).ShouldBe(totals.OrderBy(static t => t.Key));
        // Running totals only grow: a total that comes twice was counted again from an older state.
        foreach (IGrouping<string, long> group in written.GroupBy(static r => r.Key, static r => KafkaUnderTest.Number(r.Value)))
            group.ShouldBeInOrder(SortDirection.Ascending);
    }
}
