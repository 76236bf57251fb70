using Confluent.Kafka;
using UsageStreams.Streams;

namespace UsageStreams.Integration.Engine;

/// <summary>Named instances that restart at a bad moment.</summary>
public sealed class StaticMembershipTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    private const int Partitions = 4;

    [Fact]
    public async Task A_named_instance_that_restarts_between_the_two_rounds_of_a_rebalance_leaves_no_partition_behind()
    {
        string input = await kafka.CreateTopicAsync("input", Partitions);
        string output = await kafka.CreateTopicAsync("output", Partitions);
        var options = new StreamsOptions { ApplicationId = kafka.Unique("named"), Connection = kafka.Connection, InstanceId = "second" };
        using IConsumer<byte[], byte[]> firstLife = FirstLife(options.ApplicationId);
        firstLife.Subscribe(input);
        await Eventually.TrueAsync(() => Poll(firstLife) == Partitions, "all partitions in the first instance");

        // The first instance is told to give up half of them, and is replaced before it does: it isn't polled any more.
        await using var second = new KafkaStreams(Copy(input, output), options, new TestLogger());
        await second.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => second.State == StreamsState.Running, "the second instance in the group");
        await using var first = new KafkaStreams(Copy(input, output), options with { InstanceId = "first" }, new TestLogger());
        await first.StartAsync(TestContext.Current.CancellationToken);

        await Eventually.TrueAsync(
            () => first.Metrics.Tasks.Count(static task => task.IsRunning) == 2 && second.Metrics.Tasks.Count(static task => task.IsRunning) == 2,
            "two tasks in each instance");
        kafka.Write(input, Enumerable.Range(0, 100).Select(static i => ($"key {i}", "value")));
        kafka.Read(output, static records => records.Count >= 100).Count.ShouldBe(100);
    }

    private static Streams.Topology Copy(string input, string output)
    {
        var builder = new StreamsBuilder();
        builder.Stream(input, Consumed.With(Serdes.Utf8, Serdes.Utf8)).To(output, Produced.With(Serdes.Utf8, Serdes.Utf8));
        return builder.Build();
    }

    // As the engine's own client would join, so that the engine takes its place.
    private IConsumer<byte[], byte[]> FirstLife(string application)
    {
        ConsumerConfig config = kafka.Connection.ConsumerConfig(application);
        config.ClientId = config.GroupInstanceId = $"{application}-first-0";
        config.SessionTimeoutMs = 45_000;
        return new ConsumerBuilder<byte[], byte[]>(config).Build();
    }

    private static int Poll(IConsumer<byte[], byte[]> consumer)
    {
        consumer.Consume(TimeSpan.FromMilliseconds(100));
        return consumer.Assignment.Count;
    }
}
