using Confluent.Kafka;
using UsageStreams.Embedded.Tests.Support;

namespace UsageStreams.Embedded.Tests.Storage;

public sealed class DiskFailureTests
{
    [Fact]
    public async Task A_full_disk_fails_the_producer_and_the_broker_says_so_while_reading_goes_on()
    {
        var disk = new FaultyDisk();
        await using var test = await StartAsync(disk);
        await test.CreateTopicAsync("out");
        using var producer = test.Producer(config => (config.EnableIdempotence, config.MessageTimeoutMs) = (false, 2000));
        await producer.ProduceAsync("out", new Message<string, string> { Value = "fits" }, TestContext.Current.CancellationToken);
        disk.FailAfter(0);

        await Should.ThrowAsync<ProduceException<string, string>>(
            () => producer.ProduceAsync("out", new Message<string, string> { Value = "does not" }, TestContext.Current.CancellationToken));

        var failure = await Should.ThrowAsync<EmbeddedBrokerException>(() => test.Broker.Failed.WaitAsync(BrokerUnderTest.Patience));
        failure.Message.ShouldContain("No space left on device");
        failure.Message.ShouldContain("free space");
        Values(test, "out").ShouldBe(["fits"]);
    }

    [Fact]
    public async Task After_a_restart_nothing_of_the_failed_write_is_left()
    {
        var disk = new FaultyDisk();
        await using var test = await StartAsync(disk);
        await test.CreateTopicAsync("out");
        using (var producer = test.Producer(config => (config.EnableIdempotence, config.MessageTimeoutMs) = (false, 2000)))
        {
            disk.FailAfter(0);
            await Should.ThrowAsync<ProduceException<string, string>>(
                () => producer.ProduceAsync("out", new Message<string, string> { Value = "does not fit" }, TestContext.Current.CancellationToken));
        }

        await RestartAsync(test);

        Values(test, "out").ShouldBeEmpty();
        test.Broker.Failed.IsCompleted.ShouldBeFalse();
    }

    /// <summary>
    /// The stop comes between the decision (in the journal) and the end: with one more write the first marker is there, with two both are.
    /// </summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    public async Task A_transaction_that_was_decided_when_the_broker_stopped_is_finished_by_the_next_start(int writes, bool commit)
    {
        var disk = new FaultyDisk();
        await using var test = await StartAsync(disk);
        await test.CreateTopicAsync("out", partitions: 2);
        using (var producer = test.Transactional("writer"))
        {
            producer.BeginTransaction();
            producer.Produce(new TopicPartition("out", 0), new Message<string, string> { Value = "left" });
            producer.Produce(new TopicPartition("out", 1), new Message<string, string> { Value = "right" });
            producer.Flush(BrokerUnderTest.Patience);
            disk.FailAfter(writes);
            Should.Throw<KafkaException>(() => End(producer, commit));
        }

        await RestartAsync(test);

        Values(test, "out", 0).ShouldBe(commit ? ["left"] : []);
        Values(test, "out", 1).ShouldBe(commit ? ["right"] : []);
        using var next = test.Transactional("writer");
        next.BeginTransaction();
        next.Produce(new TopicPartition("out", 0), new Message<string, string> { Value = "next" });
        next.CommitTransaction(BrokerUnderTest.Patience);
        Values(test, "out", 0).ShouldBe(commit ? ["left", "next"] : ["next"]);
    }

    [Fact]
    public async Task A_transaction_that_was_open_when_the_broker_stopped_is_still_open_and_can_be_taken_over()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("out");
        using (var producer = test.Transactional("writer"))
        {
            producer.BeginTransaction();
            producer.Produce("out", new Message<string, string> { Value = "open" });
            producer.Flush(BrokerUnderTest.Patience);
            await test.StopAsync();
        }

        await RestartAsync(test);

        Values(test, "out").ShouldBeEmpty();
        test.ReadAll("out", isolation: IsolationLevel.ReadUncommitted).Count.ShouldBe(1);
        using var successor = test.Transactional("writer");
        successor.BeginTransaction();
        successor.Produce("out", new Message<string, string> { Value = "mine" });
        successor.CommitTransaction(BrokerUnderTest.Patience);
        Values(test, "out").ShouldBe(["mine"]);
    }

    private static Task<BrokerUnderTest> StartAsync(FaultyDisk disk) => BrokerUnderTest.StartAsync(
        folder => new EmbeddedBrokerOptions { DataDirectory = folder, Write = disk.Write, FlushInterval = TimeSpan.Zero });

    private static Task RestartAsync(BrokerUnderTest test) => test.RestartAsync(folder => new EmbeddedBrokerOptions { DataDirectory = folder });

    private static void End(IProducer<string, string> producer, bool commit)
    {
        if (commit)
            producer.CommitTransaction(TimeSpan.FromSeconds(2));
        else
            producer.AbortTransaction(TimeSpan.FromSeconds(2));
    }

    private static string[] Values(BrokerUnderTest test, string topic, int partition = 0) =>
        [.. test.ReadAll(topic, partition).Select(record => record.Message.Value)];
}
