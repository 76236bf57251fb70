using Confluent.Kafka;
using UsageStreams.Embedded.Tests.Support;

namespace UsageStreams.Embedded.Tests;

public sealed class FetchTests
{
    [Fact]
    public async Task A_record_larger_than_the_fetch_limit_is_still_delivered()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("large");
        using var producer = test.Producer();
        string value = new('x', 500_000);
        await producer.ProduceAsync("large", new Message<string, string> { Value = value }, TestContext.Current.CancellationToken);
        await producer.ProduceAsync("large", new Message<string, string> { Value = "next" }, TestContext.Current.CancellationToken);
        using var consumer = test.Consumer("reader", config => (config.MaxPartitionFetchBytes, config.FetchMaxBytes, config.MessageMaxBytes) = (1000, 1000, 1000));
        consumer.Assign(new TopicPartitionOffset("large", 0, 0));

        consumer.ReadToEnd(partitions: 1).Select(record => record.Message.Value).ShouldBe([value, "next"]);
    }

    [Fact]
    public async Task A_waiting_consumer_is_woken_by_the_append()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("quiet", partitions: 2);
        using var producer = test.Producer();
        using var consumer = test.Consumer("reader", config => config.FetchWaitMaxMs = 4000);
        consumer.Assign([new TopicPartitionOffset("quiet", 0, 0), new TopicPartitionOffset("quiet", 1, 0)]);
        consumer.ReadToEnd(partitions: 2).ShouldBeEmpty();

        producer.Produce(new TopicPartition("quiet", 1), new Message<string, string> { Value = "wake" });

        consumer.Consume(TimeSpan.FromSeconds(3)).Message.Value.ShouldBe("wake");
    }

    [Fact]
    public async Task Reading_may_begin_at_any_offset_inside_a_batch_and_across_segments()
    {
        await using var test = await BrokerUnderTest.StartAsync(folder => new EmbeddedBrokerOptions { DataDirectory = folder, SegmentBytes = 4096 });
        await test.CreateTopicAsync("many");
        using var producer = test.Producer(config => (config.BatchNumMessages, config.LingerMs) = (37, 50));
        for (int i = 0; i < 1000; i++)
            producer.Produce("many", new Message<string, string> { Value = $"{i}" });
        producer.Flush(BrokerUnderTest.Patience);
        var random = new Random(3);

        foreach (int from in Enumerable.Range(0, 8).Select(_ => random.Next(1000)))
            test.ReadAll("many", from: from).Select(record => record.Message.Value).ShouldBe(Enumerable.Range(from, 1000 - from).Select(i => $"{i}"));
    }

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task Compressed_batches_come_back_as_they_were_sent(CompressionType compression)
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("packed");
        using var producer = test.Producer(config => (config.CompressionType, config.LingerMs) = (compression, 50));
        string[] values = [.. Enumerable.Range(0, 1000).Select(i => $"the same words again and again {i % 7}")];
        foreach (string value in values)
            producer.Produce("packed", new Message<string, string> { Value = value });
        producer.Flush(BrokerUnderTest.Patience);

        test.ReadAll("packed").Select(record => record.Message.Value).ShouldBe(values);
        Directory.EnumerateFiles(test.DataDirectory, "*.log", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length)
            .ShouldBeLessThan(values.Sum(value => value.Length) / 2);
    }
}
