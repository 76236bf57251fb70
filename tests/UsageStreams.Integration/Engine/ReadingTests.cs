using System.Text;
using Confluent.Kafka;
using UsageStreams.Streams.Internal.Native;

namespace UsageStreams.Integration.Engine;

public sealed class ReadingTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    [Fact]
    public async Task One_record_is_handed_over_though_the_batch_and_the_wait_are_far_from_over()
    {
        string topic = await kafka.CreateTopicAsync("quiet", 1);
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(kafka.Connection.ConsumerConfig(kafka.Unique("quiet"))).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        using var batch = new BatchReader(consumer, 2000);
        Task<string> reading = Task.Run(
            () =>
            {
                batch.Read(TimeSpan.FromMinutes(10));
                return batch.Count == 1 ? Encoding.UTF8.GetString(batch[0].Key) : $"{batch.Count} records";
            },
            TestContext.Current.CancellationToken);

        kafka.Write(topic, [("alone", "value")]);

        (await reading.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)).ShouldBe("alone");
        batch.Release();
    }
}
