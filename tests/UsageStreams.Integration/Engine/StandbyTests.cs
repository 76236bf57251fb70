using UsageStreams.Streams;

namespace UsageStreams.Integration.Engine;

/// <summary>Instances that follow what others do.</summary>
public sealed class StandbyTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    private const int Groups = 2000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_instance_that_followed_takes_over_without_restoring(bool onDisk)
    {
        string input = await kafka.CreateTopicAsync("in", 4);
        string output = await kafka.CreateTopicAsync("out", 1);
        string directory = Directory.CreateTempSubdirectory("usagestreams-standby-").FullName;
        var options = new StreamsOptions
        {
            ApplicationId = kafka.Unique("app"),
            Connection = kafka.Connection,
            SessionTimeout = TimeSpan.FromSeconds(6),
            Standby = true,
        };
        (List<(string Key, string Value)> records, Dictionary<string, long> totals) = SumTopology.Numbers(seed: 1, count: 6000, Groups);
        try
        {
            await using var first = Start(input, output, options, onDisk, Path.Combine(directory, "1"));
            await first.StartAsync(TestContext.Current.CancellationToken);
            kafka.Write(input, records.Take(3000));
            await Eventually.TrueAsync(() => first.Metrics.Tasks.Count == 8 && first.State == StreamsState.Running, "all tasks in the first instance");

            await using var second = Start(input, output, options, onDisk, Path.Combine(directory, "2"));
            await second.StartAsync(TestContext.Current.CancellationToken);
            await Eventually.TrueAsync(() => IsShared(first) && IsShared(second), "shared tasks, each with standbys of the others");
            kafka.Write(input, records.Skip(3000).Take(2000));
            Check(output, records.Take(5000));
            // The group may give one instance all tasks that have state: then the other is the one that follows.
            (KafkaStreams leaving, KafkaStreams staying) = second.Metrics.Standbys.Count > 0 ? (first, second) : (second, first);
            await Eventually.TrueAsync(
                () => staying.Metrics.Standbys.All(static s => s is { Lag: 0, Delay.Ticks: 0 }), "standbys at the ends of their changelogs");
            staying.CheckHealth().Ready.Reason.ShouldContain("are followed, 0.0 s behind at most");
            long before = staying.Metrics.RecordsRestored;
            await leaving.StopAsync(TestContext.Current.CancellationToken);
            await Eventually.TrueAsync(() => staying.Metrics.Tasks.Count(static t => t.IsRunning) == 8, "all tasks in the instance that stays");

            (staying.Metrics.RecordsRestored - before).ShouldBeLessThan(Groups / 10);
            kafka.Write(input, records.Skip(5000));
            Check(output, records);
            SumTopology.Last(kafka.Read(output, static _ => true)).ShouldBe(totals, ignoreOrder: true);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Standbys_are_one_threads_work()
    {
        var options = new StreamsOptions { ApplicationId = "app", Connection = kafka.Connection, Standby = true, Threads = 2 };
        Should.Throw<StreamsOptionsException>(options.Validate).Message.ShouldContain("Standby is true and Threads is 2");
    }

    private static bool IsShared(KafkaStreams streams) =>
        streams.Metrics.Tasks.Count(static t => t.IsRunning) == 4
        && streams.Metrics.Standbys.Count == 4 - streams.Metrics.Tasks.Count(static t => t.Id.SubTopology == "groups")
        && streams.Metrics.Standbys.All(static s => s.ToRead == 0);

    private static KafkaStreams Start(string input, string output, StreamsOptions options, bool onDisk, string directory) => new(
        SumTopology.Build(input, output, out _, onDisk), options with { StateDirectory = onDisk ? directory : null }, new TestLogger());

    private void Check(string output, IEnumerable<(string Key, string Value)> records)
    {
        Dictionary<string, long> totals = SumTopology.Totals(records);
        kafka.Read(output, all => SumTopology.Last(all) is var last && last.Count == totals.Count && last.All(t => totals[t.Key] == t.Value));
    }
}
