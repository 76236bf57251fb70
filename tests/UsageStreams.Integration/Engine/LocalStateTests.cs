using UsageStreams.Streams;

namespace UsageStreams.Integration.Engine;

/// <summary>Task state kept beside the task: what a restart reads, and what it must not believe.</summary>
public sealed class LocalStateTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>, IDisposable
{
    private readonly Dictionary<string, long> _totals = new(StringComparer.Ordinal);
    private readonly string _directory = Directory.CreateTempSubdirectory("usagestreams-state-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restart_on_the_same_disk_restores_nothing_and_goes_on(bool onDisk)
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync();
        (List<(string Key, string Value)> records, Dictionary<string, long> totals) = SumTopology.Numbers(seed: 1, count: 3000);
        await RunAsync(input, output, options, onDisk, records.Take(2000));

        long restored = await RunAsync(input, output, options, onDisk, records.Skip(2000));

        restored.ShouldBe(0);
        SumTopology.Last(kafka.Read(output, static _ => true)).ShouldBe(totals, ignoreOrder: true);
    }

    [Fact]
    public async Task Twenty_restarts_without_input_change_nothing_and_restore_nothing()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync(partitions: 1);
        await RunAsync(input, output, options, onDisk: false, SumTopology.Numbers(seed: 2, count: 100).Records);
        long written = kafka.Read(output, static all => all.Count > 0).Count;
        for (int restart = 0; restart < 20; restart++)
            (await RunAsync(input, output, options, onDisk: false, [])).ShouldBe(0, $"restart {restart}");

        kafka.Read(output, static _ => true).Count.ShouldBe((int)written);
    }

    [Fact]
    public async Task A_directory_that_comes_back_after_others_went_on_reads_what_they_wrote()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync();
        (List<(string Key, string Value)> records, Dictionary<string, long> totals) = SumTopology.Numbers(seed: 3, count: 3000);
        await RunAsync(input, output, options, onDisk: false, records.Take(1000));
        await RunAsync(input, output, options with { StateDirectory = Path.Combine(_directory, "elsewhere") }, onDisk: false, records.Skip(1000).Take(1000));

        long restored = await RunAsync(input, output, options, onDisk: false, records.Skip(2000));

        restored.ShouldBeInRange(1, 1000);
        SumTopology.Last(kafka.Read(output, static _ => true)).ShouldBe(totals, ignoreOrder: true);
    }

    [Fact]
    public async Task A_corrupt_directory_is_not_believed()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync();
        (List<(string Key, string Value)> records, Dictionary<string, long> totals) = SumTopology.Numbers(seed: 4, count: 2000);
        await RunAsync(input, output, options, onDisk: true, records.Take(1000));
        foreach (string file in Directory.EnumerateFiles(_directory, "*.log", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(file);
            bytes[20] ^= 1;
            File.WriteAllBytes(file, bytes);
        }

        long restored = await RunAsync(input, output, options, onDisk: true, records.Skip(1000));

        restored.ShouldBeGreaterThan(0);
        SumTopology.Last(kafka.Read(output, static _ => true)).ShouldBe(totals, ignoreOrder: true);
    }

    [Fact]
    public async Task Two_instances_must_not_share_a_directory()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync();
        await using var first = new KafkaStreams(SumTopology.Build(input, output, out _), options);
        await first.StartAsync(TestContext.Current.CancellationToken);

        await using var second = new KafkaStreams(SumTopology.Build(input, output, out _), options);
        StreamsException refused = await Should.ThrowAsync<StreamsException>(() => second.StartAsync(TestContext.Current.CancellationToken));
        refused.Message.ShouldContain(_directory);
        refused.Message.ShouldContain("give each a StateDirectory of its own");
    }

    [Fact]
    public async Task A_store_on_disk_needs_a_directory()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync();
        Should.Throw<StreamsOptionsException>(() => new KafkaStreams(
                SumTopology.Build(input, output, out _, onDisk: true), options with { StateDirectory = null }))
            .Message.ShouldContain("store 'totals' keeps its values on disk");
    }

    /// <summary>Writes, runs until the totals are those of everything written, and stops.</summary>
    /// <returns>Changelog records that the start restored.</returns>
    private async Task<long> RunAsync(string input, string output, StreamsOptions options, bool onDisk, IEnumerable<(string Key, string Value)> records)
    {
        List<(string Key, string Value)> batch = [.. records];
        kafka.Write(input, batch);
        foreach ((string group, long total) in SumTopology.Totals(batch))
            _totals[group] = _totals.GetValueOrDefault(group) + total;

        await using var streams = new KafkaStreams(SumTopology.Build(input, output, out _, onDisk), options, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => streams.State == StreamsState.Running, "running tasks");
        if (batch.Count > 0)
            kafka.Read(output, all => SumTopology.Last(all) is var last && last.Count == _totals.Count && last.All(t => _totals[t.Key] == t.Value));
        await streams.StopAsync(TestContext.Current.CancellationToken);
        return streams.Metrics.RecordsRestored;
    }

    private async Task<(string Input, string Output, StreamsOptions Options)> PrepareAsync(int partitions = 4)
    {
        string input = await kafka.CreateTopicAsync("in", partitions);
        string output = await kafka.CreateTopicAsync("out", 1);
        var options = new StreamsOptions
        {
            ApplicationId = kafka.Unique("app"),
            Connection = kafka.Connection,
            InstanceId = "one",
            StateDirectory = _directory,
            SessionTimeout = TimeSpan.FromSeconds(6),
        };
        return (input, output, options);
    }
}
