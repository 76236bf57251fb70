using System.Collections.Concurrent;
using UsageStreams.Streams;

namespace UsageStreams.Integration.Engine;

public sealed class RestoreProgressTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restart_tells_start_batches_and_end_of_each_restored_store()
    {
        string input = await kafka.CreateTopicAsync("in", 2);
        string output = await kafka.CreateTopicAsync("out", 1);
        var options = new StreamsOptions { ApplicationId = kafka.Unique("app"), Connection = kafka.Connection };
        (List<(string Key, string Value)> records, Dictionary<string, long> totals) = SumTopology.Numbers(seed: 31, count: 500);
        kafka.Write(input, records);
        await using (var first = new KafkaStreams(SumTopology.Build(input, output, out _), options, new TestLogger()))
        {
            await first.StartAsync(Ending);
            kafka.Read(output, read => read.GroupBy(static r => r.Key).Sum(static g => KafkaUnderTest.Number(g.Last().Value)) == totals.Values.Sum());
        }

        var told = new ConcurrentQueue<RestoreProgress>();
        await using var second = new KafkaStreams(SumTopology.Build(input, output, out _), options, new TestLogger());
        second.RestoreProgressed += told.Enqueue;
        await second.StartAsync(Ending);
        await Eventually.TrueAsync(() => second.State == StreamsState.Running && second.Metrics.Tasks.Count == 4, "all tasks restored");

        IGrouping<TaskId, RestoreProgress>[] tasks = [.. told.GroupBy(static p => p.Task)];
        tasks.Select(static t => t.Key).ShouldBe([new TaskId("groups", 0), new TaskId("groups", 1)], ignoreOrder: true);
        foreach (IGrouping<TaskId, RestoreProgress> task in tasks)
        {
            RestoreProgress[] steps = [.. task];
            steps.Select(static p => (p.Store, p.Topic, p.From, p.To)).Distinct().ShouldBe([("totals", $"{options.ApplicationId}-totals-changelog", 0, steps[0].To)]);
            steps.Select(static p => p.Stage).First().ShouldBe(RestoreStage.Started);
            steps.Count(static p => p.Stage == RestoreStage.Completed).ShouldBe(1);
            RestoreProgress end = steps[^1];
            end.Stage.ShouldBe(RestoreStage.Completed);
            end.Position.ShouldBeGreaterThanOrEqualTo(end.To);
            steps.Select(static p => p.Records).ShouldBeInOrder();
        }

        told.Count(static p => p.Stage == RestoreStage.Batch).ShouldBeGreaterThanOrEqualTo(2);
        told.Where(static p => p.Stage == RestoreStage.Completed).Sum(static p => p.Records).ShouldBe(second.Metrics.RecordsRestored);
    }
}
