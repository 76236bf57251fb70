using Confluent.Kafka;
using UsageStreams.Embedded.Tests.Support;

namespace UsageStreams.Embedded.Tests;

public sealed class TransactionTests
{
    [Fact]
    public async Task Read_committed_sees_committed_records_only_and_read_uncommitted_sees_all()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("out");
        using var producer = test.Transactional("writer");
        Write(producer, "out", "first", commit: true);
        Write(producer, "out", "dropped", commit: false);
        Write(producer, "out", "second", commit: true);

        Values(test.ReadAll("out")).ShouldBe(["first", "second"]);
        Values(test.ReadAll("out", isolation: IsolationLevel.ReadUncommitted)).ShouldBe(["first", "dropped", "second"]);
    }

    [Fact]
    public async Task An_open_transaction_holds_back_what_comes_after_it()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("out");
        using var slow = test.Transactional("slow");
        using var quick = test.Transactional("quick");
        slow.BeginTransaction();
        slow.Produce("out", new Message<string, string> { Value = "slow" });
        slow.Flush(BrokerUnderTest.Patience);
        Write(quick, "out", "quick", commit: true);

        Values(test.ReadAll("out")).ShouldBeEmpty();
        Values(test.ReadAll("out", isolation: IsolationLevel.ReadUncommitted)).ShouldBe(["slow", "quick"]);
        slow.CommitTransaction();
        Values(test.ReadAll("out")).ShouldBe(["slow", "quick"]);
    }

    [Fact]
    public async Task A_waiting_consumer_is_woken_by_the_commit()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("out");
        using var producer = test.Transactional("writer");
        using var consumer = test.Consumer("waiting", config => config.FetchWaitMaxMs = 4000);
        consumer.Assign(new TopicPartitionOffset("out", 0, 0));
        consumer.Consume(BrokerUnderTest.Patience).IsPartitionEOF.ShouldBeTrue();

        Write(producer, "out", "now", commit: true);

        consumer.Consume(TimeSpan.FromSeconds(3)).Message.Value.ShouldBe("now");
    }

    [Fact]
    public async Task A_second_producer_of_the_same_id_fences_the_first_and_aborts_its_transaction()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("out");
        using var zombie = test.Transactional("writer");
        zombie.BeginTransaction();
        zombie.Produce("out", new Message<string, string> { Value = "zombie" });
        zombie.Flush(BrokerUnderTest.Patience);
        using var successor = test.Transactional("writer");
        Write(successor, "out", "successor", commit: true);

        var failure = Should.Throw<KafkaException>(() => zombie.CommitTransaction(BrokerUnderTest.Patience));

        failure.Error.IsFatal.ShouldBeTrue();
        failure.Error.Code.ShouldBeOneOf(ErrorCode.Local_Fenced, ErrorCode.ProducerFenced, ErrorCode.InvalidProducerEpoch);
        Values(test.ReadAll("out")).ShouldBe(["successor"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Positions_sent_to_a_transaction_follow_its_outcome(bool commit)
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("in");
        await test.CreateTopicAsync("out");
        using (var source = test.Producer())
            await source.ProduceAsync("in", new Message<string, string> { Value = "event" }, TestContext.Current.CancellationToken);
        using var consumer = test.Consumer("engine");
        consumer.Subscribe("in");
        var record = consumer.Consume(BrokerUnderTest.Patience);
        using var producer = test.Transactional("engine-0");
        producer.BeginTransaction();
        producer.Produce("out", new Message<string, string> { Value = record.Message.Value });
        producer.SendOffsetsToTransaction(
            [new TopicPartitionOffset(record.TopicPartition, record.Offset + 1)], consumer.ConsumerGroupMetadata, BrokerUnderTest.Patience);
        if (commit)
            producer.CommitTransaction();
        else
            producer.AbortTransaction();

        var committed = consumer.Committed([record.TopicPartition], BrokerUnderTest.Patience);

        committed[0].Offset.ShouldBe(commit ? new Offset(1) : Offset.Unset);
        Values(test.ReadAll("out")).ShouldBe(commit ? ["event"] : []);
    }

    [Fact]
    public async Task A_transaction_that_outlives_its_time_is_aborted_and_its_producer_fenced()
    {
        var time = new ManualTimeProvider();
        await using var test = await BrokerUnderTest.StartAsync(time: time);
        await test.CreateTopicAsync("out");
        using var slow = test.Transactional("slow", timeoutMs: 60_000);
        slow.BeginTransaction();
        slow.Produce("out", new Message<string, string> { Value = "too late" });
        slow.Flush(BrokerUnderTest.Patience);

        time.Advance(TimeSpan.FromSeconds(59));
        test.ReadAll("out", isolation: IsolationLevel.ReadUncommitted).Count.ShouldBe(1);
        using var quick = test.Transactional("quick");
        Write(quick, "out", "held back", commit: true);
        Values(test.ReadAll("out")).ShouldBeEmpty();
        time.Advance(TimeSpan.FromSeconds(2));

        Values(test.ReadAll("out")).ShouldBe(["held back"]);
        Should.Throw<KafkaException>(() => slow.CommitTransaction(BrokerUnderTest.Patience)).Error.IsFatal.ShouldBeTrue();
    }

    private static void Write(IProducer<string, string> producer, string topic, string value, bool commit)
    {
        producer.BeginTransaction();
        producer.Produce(topic, new Message<string, string> { Value = value });
        producer.Flush(BrokerUnderTest.Patience);
        if (commit)
            producer.CommitTransaction();
        else
            producer.AbortTransaction();
    }

    private static IEnumerable<string> Values(IEnumerable<ConsumeResult<string, string>> records) => records.Select(record => record.Message.Value);
}
