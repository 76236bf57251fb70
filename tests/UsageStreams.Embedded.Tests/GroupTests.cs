using Confluent.Kafka;
using UsageStreams.Embedded.Groups;
using UsageStreams.Embedded.Tests.Support;

namespace UsageStreams.Embedded.Tests;

public sealed class GroupTests
{
    [Theory]
    [InlineData(PartitionAssignmentStrategy.CooperativeSticky)]
    [InlineData(PartitionAssignmentStrategy.Range)]
    public async Task Two_members_share_the_partitions_and_one_takes_all_when_the_other_leaves(PartitionAssignmentStrategy strategy)
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("shared", partitions: 4);
        using var first = test.Consumer("pair", config => config.PartitionAssignmentStrategy = strategy);
        first.Subscribe("shared");
        Poll(() => first.Assignment.Count == 4, first);

        var second = test.Consumer("pair", config => config.PartitionAssignmentStrategy = strategy);
        second.Subscribe("shared");
        Poll(() => first.Assignment.Count == 2 && second.Assignment.Count == 2, first, second);
        first.Assignment.Concat(second.Assignment).Distinct().Count().ShouldBe(4);

        second.Close();
        second.Dispose();
        Poll(() => first.Assignment.Count == 4, first);
        first.Close();
    }

    [Fact]
    public async Task A_static_member_that_restarts_gets_its_partitions_back_without_a_rebalance()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("kept", partitions: 4);
        using var other = test.Consumer("static", config => config.GroupInstanceId = "a");
        other.Subscribe("kept");
        var restarting = test.Consumer("static", config => config.GroupInstanceId = "b");
        restarting.Subscribe("kept");
        Poll(
            () => other.Assignment.Count == 2 && restarting.Assignment.Count == 2 && Describe(test, "static").State == GroupState.Stable,
            other, restarting);
        var before = restarting.Assignment.Order(TopicPartitionOrder).ToArray();
        int generation = Describe(test, "static").Generation;

        // Disposed without Close, as after a kill: a static member sends no leave either way.
        restarting.Dispose();
        using var restarted = test.Consumer("static", config => config.GroupInstanceId = "b");
        restarted.Subscribe("kept");
        Poll(() => restarted.Assignment.Count == 2, other, restarted);

        restarted.Assignment.Order(TopicPartitionOrder).ShouldBe(before);
        Describe(test, "static").Generation.ShouldBe(generation);
        Describe(test, "static").State.ShouldBe(GroupState.Stable);
    }

    [Fact]
    public async Task A_second_consumer_with_the_same_instance_id_fences_the_first()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("kept");
        using var first = test.Consumer("static", config => config.GroupInstanceId = "a");
        first.Subscribe("kept");
        Poll(() => first.Assignment.Count == 1, first);
        using var second = test.Consumer("static", config => config.GroupInstanceId = "a");
        second.Subscribe("kept");
        Poll(() => second.Assignment.Count == 1, second);

        var failure = Should.Throw<KafkaException>(() => Poll(() => false, first));

        failure.Error.IsFatal.ShouldBeTrue();
        failure.Error.Reason.ShouldContain("fenced");
    }

    [Fact]
    public async Task Committed_positions_and_their_metadata_are_fetched_back()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("positions", partitions: 2);
        using var consumer = test.Consumer("by-hand");
        var partition = new Confluent.Kafka.TopicPartition("positions", 1);
        consumer.Commit([new TopicPartitionOffset(partition, 7)]);

        var committed = consumer.Committed([partition, new Confluent.Kafka.TopicPartition("positions", 0)], BrokerUnderTest.Patience);

        committed.Select(position => position.Offset).ShouldBe([new Offset(7), Offset.Unset]);
    }

    [Fact]
    public async Task A_group_and_its_positions_survive_a_restart_of_the_broker()
    {
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("positions");
        using (var consumer = test.Consumer("lasting"))
            consumer.Commit([new TopicPartitionOffset("positions", 0, 3)]);

        await test.RestartAsync();

        using var again = test.Consumer("lasting");
        again.Committed([new Confluent.Kafka.TopicPartition("positions", 0)], BrokerUnderTest.Patience)[0].Offset.ShouldBe(new Offset(3));
    }

    private static GroupDescription Describe(BrokerUnderTest test, string group) => test.Broker.Groups.Find(group)!.Describe();

    private static readonly Comparer<Confluent.Kafka.TopicPartition> TopicPartitionOrder =
        Comparer<Confluent.Kafka.TopicPartition>.Create((left, right) => left.Partition.Value.CompareTo(right.Partition.Value));

    /// <summary>Lets the consumers take part in the group until the condition holds.</summary>
    private static void Poll(Func<bool> holds, params IConsumer<string, string>[] consumers)
    {
        using var limit = new CancellationTokenSource(BrokerUnderTest.Patience);
        while (!holds())
        {
            limit.Token.ThrowIfCancellationRequested();
            foreach (var consumer in consumers)
                consumer.Consume(TimeSpan.FromMilliseconds(20));
        }
    }
}
