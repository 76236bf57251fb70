using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Embedded.Tests.Support;

namespace UsageStreams.Embedded.Tests;

public sealed class AdminTests
{
    [Fact]
    public async Task Configs_given_at_creation_come_back_beside_the_defaults()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("configured", 2, ("cleanup.policy", "compact"), ("min.insync.replicas", "1"));
        using var admin = test.Admin();

        var entries = await DescribeAsync(admin, "configured");

        entries["cleanup.policy"].Value.ShouldBe("compact");
        entries["cleanup.policy"].IsDefault.ShouldBeFalse();
        entries["retention.ms"].Value.ShouldBe("604800000");
        entries["retention.ms"].Source.ShouldBe(ConfigSource.DefaultConfig);
    }

    [Fact]
    public async Task Configs_are_set_extended_and_put_back_one_by_one()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("changing", 1, ("retention.ms", "5"));
        using var admin = test.Admin();

        await ChangeAsync(admin, "changing", "cleanup.policy", "compact", AlterConfigOpType.Append);
        await ChangeAsync(admin, "changing", "retention.ms", null, AlterConfigOpType.Delete);
        await ChangeAsync(admin, "changing", "max.message.bytes", "2000", AlterConfigOpType.Set);
        await test.RestartAsync();

        using var again = test.Admin();
        var entries = await DescribeAsync(again, "changing");
        entries["cleanup.policy"].Value.ShouldBe("delete,compact");
        entries["retention.ms"].IsDefault.ShouldBeTrue();
        entries["max.message.bytes"].Value.ShouldBe("2000");
    }

    [Theory]
    [InlineData("bad name", 1, 1, "retention.ms", "1", ErrorCode.TopicException)]
    [InlineData("exists", 1, 1, "retention.ms", "1", ErrorCode.TopicAlreadyExists)]
    [InlineData("new", 0, 1, "retention.ms", "1", ErrorCode.InvalidPartitions)]
    [InlineData("new", 1, 3, "retention.ms", "1", ErrorCode.InvalidReplicationFactor)]
    [InlineData("new", 1, 1, "retention.ms", "soon", ErrorCode.InvalidConfig)]
    [InlineData("new", 1, 1, "no.such.config", "1", ErrorCode.InvalidConfig)]
    [InlineData("new", 1, 1, "cleanup.policy", "burn", ErrorCode.InvalidConfig)]
    public async Task What_cannot_be_created_is_refused_with_its_reason(string name, int partitions, short replicas, string config, string value, ErrorCode error)
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("exists");
        using var admin = test.Admin();
        var topic = new TopicSpecification
        {
            Name = name, NumPartitions = partitions, ReplicationFactor = replicas, Configs = new Dictionary<string, string> { [config] = value },
        };

        var failure = await Should.ThrowAsync<CreateTopicsException>(() => admin.CreateTopicsAsync([topic]));

        failure.Results[0].Error.Code.ShouldBe(error);
        admin.GetMetadata(BrokerUnderTest.Patience).Topics.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Partitions_can_be_added_and_keep_what_the_others_hold()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("growing");
        using var producer = test.Producer();
        await producer.ProduceAsync(new TopicPartition("growing", 0), new Message<string, string> { Value = "kept" }, TestContext.Current.CancellationToken);
        using var admin = test.Admin();

        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = "growing", IncreaseTo = 3 }]);

        admin.GetMetadata("growing", BrokerUnderTest.Patience).Topics[0].Partitions.Count.ShouldBe(3);
        test.ReadAll("growing").Single().Message.Value.ShouldBe("kept");
        test.ReadAll("growing", partition: 2).ShouldBeEmpty();
    }

    [Fact]
    public async Task Deleted_records_are_gone_also_after_a_restart()
    {
        await using var test = await BrokerUnderTest.StartAsync(folder => new EmbeddedBrokerOptions { DataDirectory = folder, SegmentBytes = 1024 });
        await test.CreateTopicAsync("cut");
        using (var producer = test.Producer(config => config.LingerMs = 0))
        {
            for (int i = 0; i < 40; i++)
                await producer.ProduceAsync("cut", new Message<string, string> { Value = $"{i}" }, TestContext.Current.CancellationToken);
        }

        using (var admin = test.Admin())
        {
            var deleted = await admin.DeleteRecordsAsync([new TopicPartitionOffset("cut", 0, 30)]);
            deleted[0].Offset.ShouldBe(new Offset(30));
        }

        await test.RestartAsync();

        using var consumer = test.Consumer("reader");
        consumer.QueryWatermarkOffsets(new TopicPartition("cut", 0), BrokerUnderTest.Patience).Low.ShouldBe(new Offset(30));
        test.ReadAll("cut", from: 30).Select(record => record.Message.Value).ShouldBe(Enumerable.Range(30, 10).Select(i => $"{i}"));
    }

    [Fact]
    public async Task Positions_by_time_are_those_of_the_first_record_at_or_after_it()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("timed");
        using var producer = test.Producer();
        for (int i = 1; i <= 50; i++)
            producer.Produce("timed", new Message<string, string> { Value = $"{i}", Timestamp = new Timestamp(i * 1000, TimestampType.CreateTime) });
        producer.Flush(BrokerUnderTest.Patience);
        using var consumer = test.Consumer("reader");

        long At(long time) => consumer.OffsetsForTimes([new TopicPartitionTimestamp("timed", 0, new Timestamp(time, TimestampType.CreateTime))], BrokerUnderTest.Patience)[0].Offset;

        At(0).ShouldBe(0);
        At(17_000).ShouldBe(16);
        At(17_001).ShouldBe(17);
        At(50_001).ShouldBe(Offset.End.Value);
    }

    [Fact]
    public async Task A_group_is_deleted_only_without_members()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("in");
        using var admin = test.Admin();
        using (var consumer = test.Consumer("busy"))
        {
            consumer.Subscribe("in");
            consumer.Consume(BrokerUnderTest.Patience).IsPartitionEOF.ShouldBeTrue();
            var failure = await Should.ThrowAsync<DeleteGroupsException>(() => admin.DeleteGroupsAsync(["busy"]));
            failure.Results[0].Error.Code.ShouldBe(ErrorCode.NonEmptyGroup);
            var described = await admin.DescribeConsumerGroupsAsync(["busy"]);
            described.ConsumerGroupDescriptions[0].State.ShouldBe(ConsumerGroupState.Stable);
            described.ConsumerGroupDescriptions[0].Members[0].Assignment.TopicPartitions.ShouldBe([new TopicPartition("in", 0)]);
            consumer.Close();
        }

        await admin.DeleteGroupsAsync(["busy"]);
    }

    private static async Task<Dictionary<string, ConfigEntryResult>> DescribeAsync(IAdminClient admin, string topic) =>
        (await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = topic }]))[0].Entries;

    private static async Task ChangeAsync(IAdminClient admin, string topic, string config, string? value, AlterConfigOpType operation) =>
        await admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>>
        {
            [new ConfigResource { Type = ResourceType.Topic, Name = topic }] = [new ConfigEntry { Name = config, Value = value, IncrementalOperation = operation }],
        });
}
