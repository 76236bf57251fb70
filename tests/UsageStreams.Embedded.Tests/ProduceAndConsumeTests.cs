using Confluent.Kafka;
using UsageStreams.Embedded.Tests.Support;

namespace UsageStreams.Embedded.Tests;

public sealed class ProduceAndConsumeTests
{
    [Fact]
    public async Task A_hundred_thousand_records_come_back_in_order_from_every_partition()
    {
        const int count = 100_000;
        await using var test = await BrokerUnderTest.StartAsync();
        await test.CreateTopicAsync("many", partitions: 3);
        using (var producer = test.Producer())
        {
            for (int i = 0; i < count; i++)
            {
                producer.Produce(new TopicPartition("many", i % 3), new Message<string, string> { Key = $"{i % 100}", Value = $"{i}" });
            }

            producer.Flush(BrokerUnderTest.Patience).ShouldBe(0);
        }

        using var consumer = test.Consumer("readers");
        consumer.Subscribe("many");
        var records = consumer.ReadToEnd(partitions: 3);

        records.Count.ShouldBe(count);
        foreach (var partition in records.GroupBy(record => record.Partition.Value))
        {
            partition.Select(record => int.Parse(record.Message.Value)).ShouldBe(Enumerable.Range(0, count).Where(i => i % 3 == partition.Key));
            partition.Select(record => record.Offset.Value).ShouldBe(Enumerable.Range(0, partition.Count()).Select(i => (long)i));
        }
    }
}
