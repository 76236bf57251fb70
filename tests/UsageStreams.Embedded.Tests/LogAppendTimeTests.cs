using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Embedded.Tests.Support;

namespace UsageStreams.Embedded.Tests;

/// <summary>Topics whose records get the broker's time: message.timestamp.type=LogAppendTime.</summary>
public sealed class LogAppendTimeTests
{
    private const string Topic = "stamped";
    private static readonly DateTimeOffset Producers = new(2015, 5, 17, 10, 5, 3, TimeSpan.Zero);

    [Theory]
    [InlineData(CompressionType.None, false)]
    [InlineData(CompressionType.Lz4, false)]
    [InlineData(CompressionType.None, true)]
    public async Task Records_have_the_time_of_their_append_whatever_their_producer_says(CompressionType compression, bool transactional)
    {
        var time = new ManualTimeProvider();
        await using var test = await StartAsync(time);
        long before = Now(time);
        Produce(test, 3, compression, transactional);
        time.Advance(TimeSpan.FromMinutes(10));
        Produce(test, 2, compression, transactional);

        Check(test, before, Now(time));
        await test.RestartAsync();
        Check(test, before, before + 600_000);
    }

    [Fact]
    public async Task The_answer_tells_the_producer_the_time()
    {
        var time = new ManualTimeProvider();
        await using var test = await StartAsync(time);
        using var producer = test.Producer();

        var answer = await producer.ProduceAsync(Topic, new Message<string, string> { Value = "1", Timestamp = new Timestamp(Producers) }, TestContext.Current.CancellationToken);

        answer.Timestamp.ShouldBe(new Timestamp(Now(time), TimestampType.LogAppendTime));
    }

    [Fact]
    public async Task A_producer_s_clock_may_be_far_ahead()
    {
        var time = new ManualTimeProvider();
        await using var test = await StartAsync(time);
        using var producer = test.Producer();

        await producer.ProduceAsync(Topic, new Message<string, string> { Value = "1", Timestamp = new Timestamp(time.GetUtcNow().AddYears(5)) }, TestContext.Current.CancellationToken);

        test.ReadAll(Topic).ShouldHaveSingleItem().Message.Timestamp.UnixTimestampMs.ShouldBe(Now(time));
    }

    [Fact]
    public async Task The_setting_may_change_and_a_value_that_Kafka_does_not_know_is_refused()
    {
        var time = new ManualTimeProvider();
        await using var test = await StartAsync(time);
        await AlterAsync(test, "CreateTime");
        Produce(test, 1, CompressionType.None, transactional: false);
        await AlterAsync(test, "LogAppendTime");
        Produce(test, 1, CompressionType.None, transactional: false);

        test.ReadAll(Topic).Select(record => record.Message.Timestamp.Type).ShouldBe([TimestampType.CreateTime, TimestampType.LogAppendTime]);
        var refused = await Should.ThrowAsync<IncrementalAlterConfigsException>(() => AlterAsync(test, "EventTime"));
        refused.Results[0].Error.Reason.ShouldContain("'EventTime' for message.timestamp.type is neither CreateTime nor LogAppendTime");
    }

    private static async Task<BrokerUnderTest> StartAsync(ManualTimeProvider time)
    {
        var test = await BrokerUnderTest.StartAsync(time: time);
        await test.CreateTopicAsync(Topic, configs: ("message.timestamp.type", "LogAppendTime"));
        return test;
    }

    private static void Check(BrokerUnderTest test, long first, long second)
    {
        test.ReadAll(Topic).Select(record => record.Message.Timestamp).ShouldBe(
            ((long[])[first, first, first, second, second]).Select(time => new Timestamp(time, TimestampType.LogAppendTime)));
        using var consumer = test.Consumer("reader");

        var committed = test.ReadAll(Topic).Select(record => record.Offset.Value).ToList();
        At(Producers.ToUnixTimeMilliseconds()).ShouldBe(committed[0]);
        At(first).ShouldBe(committed[0]);
        At(first + 1).ShouldBe(committed[3]);
        At(second).ShouldBe(committed[3]);
        At(second + 1).ShouldBe(Offset.End.Value);

        long At(long time) => consumer.OffsetsForTimes([new TopicPartitionTimestamp(Topic, 0, new Timestamp(time, TimestampType.CreateTime))], BrokerUnderTest.Patience)[0].Offset;
    }

    private static void Produce(BrokerUnderTest test, int count, CompressionType compression, bool transactional)
    {
        using var producer = transactional
            ? test.Transactional("writer")
            : test.Producer(config => config.CompressionType = compression);
        if (transactional)
            producer.BeginTransaction();
        for (int i = 0; i < count; i++)
            producer.Produce(Topic, new Message<string, string> { Key = "k", Value = $"{i}", Timestamp = new Timestamp(Producers.AddDays(i)) });
        producer.Flush(BrokerUnderTest.Patience).ShouldBe(0);
        if (transactional)
            producer.CommitTransaction(BrokerUnderTest.Patience);
    }

    private static Task AlterAsync(BrokerUnderTest test, string type)
    {
        var entry = new ConfigEntry { Name = "message.timestamp.type", Value = type, IncrementalOperation = AlterConfigOpType.Set };
        return AlterAsync(test, new Dictionary<ConfigResource, List<ConfigEntry>> { [new ConfigResource { Type = ResourceType.Topic, Name = Topic }] = [entry] });
    }

    private static async Task AlterAsync(BrokerUnderTest test, Dictionary<ConfigResource, List<ConfigEntry>> changes)
    {
        using var admin = test.Admin();
        await admin.IncrementalAlterConfigsAsync(changes);
    }

    private static long Now(TimeProvider time) => time.GetUtcNow().ToUnixTimeMilliseconds();
}
