using Confluent.Kafka;
using UsageStreams.Embedded.Tests.Support;

namespace UsageStreams.Embedded.Tests.Storage;

public sealed class DurabilityTests
{
    [Fact]
    public async Task A_restart_on_the_same_folder_keeps_topics_configs_records_and_ids()
    {
        await using var test = await BrokerUnderTest.StartAsync(folder => new EmbeddedBrokerOptions { DataDirectory = folder, SegmentBytes = 2048 });
        await test.CreateTopicAsync("kept", partitions: 3, ("retention.ms", "-1"));
        string[] written = [.. Enumerable.Range(0, 500).Select(i => $"record {i}")];
        await WriteAsync(test, "kept", written);
        string cluster = await ClusterIdAsync(test);

        await test.RestartAsync();

        test.ReadAll("kept").Select(record => record.Message.Value).ShouldBe(written);
        test.ReadAll("kept", from: 499).Single().Message.Value.ShouldBe("record 499");
        Directory.EnumerateFiles(PartitionFolder(test, "kept"), "*.log").Count().ShouldBeGreaterThan(3);
        (await ClusterIdAsync(test)).ShouldBe(cluster);
        using var admin = test.Admin();
        var configs = await admin.DescribeConfigsAsync([new() { Type = Confluent.Kafka.Admin.ResourceType.Topic, Name = "kept" }]);
        configs[0].Entries["retention.ms"].Value.ShouldBe("-1");
        admin.GetMetadata("kept", BrokerUnderTest.Patience).Topics[0].Partitions.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(61)]
    [InlineData(100_000)]
    public async Task Garbage_behind_the_last_batch_is_cut(int bytes)
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("torn");
        await WriteAsync(test, "torn", "one", "two");
        await test.StopAsync();
        byte[] garbage = new byte[bytes];
        new Random(bytes).NextBytes(garbage);
        using (var file = File.Open(LastSegment(test, "torn"), FileMode.Append))
            file.Write(garbage);

        await test.RestartAsync();
        await WriteAsync(test, "torn", "three");

        test.ReadAll("torn").Select(record => (record.Offset.Value, record.Message.Value)).ShouldBe([(0, "one"), (1, "two"), (2, "three")]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public async Task A_half_written_batch_is_cut_and_its_offset_given_again(int missing)
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("torn");
        await WriteAsync(test, "torn", "one", "two");
        await test.StopAsync();
        using (var file = File.Open(LastSegment(test, "torn"), FileMode.Open))
            file.SetLength(file.Length - missing);

        await test.RestartAsync();
        await WriteAsync(test, "torn", "again");

        test.ReadAll("torn").Select(record => (record.Offset.Value, record.Message.Value)).ShouldBe([(0, "one"), (1, "again")]);
    }

    [Fact]
    public async Task A_batch_whose_bytes_changed_on_disk_ends_the_log()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("torn");
        await WriteAsync(test, "torn", "one", "two");
        await test.StopAsync();
        using (var file = File.Open(LastSegment(test, "torn"), FileMode.Open))
        {
            file.Position = file.Length - 3;
            int changed = file.ReadByte() ^ 1;
            file.Position--;
            file.WriteByte((byte)changed);
        }

        await test.RestartAsync();

        test.ReadAll("torn").Select(record => record.Message.Value).ShouldBe(["one"]);
    }

    [Fact]
    public async Task A_torn_last_frame_of_the_journal_is_cut()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("first");
        await test.CreateTopicAsync("second");
        await test.StopAsync();
        using (var file = File.Open(Path.Combine(test.DataDirectory, "state.journal"), FileMode.Open))
            file.SetLength(file.Length - 1);

        await test.RestartAsync();

        using var admin = test.Admin();
        admin.GetMetadata(BrokerUnderTest.Patience).Topics.Select(topic => topic.Topic).ShouldBe(["first"]);
    }

    [Fact]
    public async Task A_deleted_topic_created_again_is_empty_and_its_positions_are_forgotten()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("again");
        await WriteAsync(test, "again", "old");
        using (var consumer = test.Consumer("readers"))
            consumer.Commit([new TopicPartitionOffset("again", 0, 1)]);
        using (var admin = test.Admin())
            await admin.DeleteTopicsAsync(["again"]);

        await test.CreateTopicAsync("again");

        test.ReadAll("again").ShouldBeEmpty();
        using var reader = test.Consumer("readers");
        reader.Committed([new TopicPartition("again", 0)], BrokerUnderTest.Patience)[0].Offset.ShouldBe(Offset.Unset);
    }

    private static async Task WriteAsync(BrokerUnderTest test, string topic, params string[] values)
    {
        using var producer = test.Producer(config => config.LingerMs = 0);
        foreach (string value in values)
            await producer.ProduceAsync(new TopicPartition(topic, 0), new Message<string, string> { Value = value }, TestContext.Current.CancellationToken);
    }

    private static async Task<string> ClusterIdAsync(BrokerUnderTest test)
    {
        using var admin = test.Admin();
        return (await admin.DescribeClusterAsync()).ClusterId;
    }

    private static string PartitionFolder(BrokerUnderTest test, string topic) =>
        Path.Combine(Directory.EnumerateDirectories(Path.Combine(test.DataDirectory, "topics"), topic + "@*").Single(), "0");

    private static string LastSegment(BrokerUnderTest test, string topic) =>
        Directory.EnumerateFiles(PartitionFolder(test, topic), "*.log").Order(StringComparer.Ordinal).Last();
}
