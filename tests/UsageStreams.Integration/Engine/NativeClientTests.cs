using System.Text;
using Confluent.Kafka;
using UsageStreams.Streams;
using UsageStreams.Streams.Internal.Native;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Integration.Engine;

public sealed class NativeClientTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Keys_values_headers_and_timestamps_come_back_as_they_were_written()
    {
        string topic = await kafka.CreateTopicAsync("round-trip", 2);
        RecordHeaders headers = RecordHeaders.Of(new RecordHeader("text", "ü"u8.ToArray()), new RecordHeader("empty", []), new RecordHeader("none", null));
        using (IProducer<byte[], byte[]> producer = new ProducerBuilder<byte[], byte[]>(kafka.Connection.ProducerConfig()).Build())
        using (var records = new NativeProducer(producer))
        {
            Produce(new OutputRecord(topic, 1) { Key = "k"u8, HasKey = true, Value = "v"u8, HasValue = true, Headers = headers, Timestamp = 1_700_000_000_123 });
            Produce(new OutputRecord(topic, 1) { HasKey = true, HasValue = true, Timestamp = 5 });
            Produce(new OutputRecord(topic, 1) { Key = "tombstone"u8, HasKey = true });
            Produce(new OutputRecord(topic, 1) { Value = "no key"u8, HasValue = true, Headers = RecordHeaders.Of(new RecordHeader("second", [1, 2])) });
            producer.Flush(Wait).ShouldBe(0);

            void Produce(in OutputRecord record) => records.TryProduce(in record).ShouldBeTrue();
        }

        using IConsumer<byte[], byte[]> consumer = Consumer(topic, 1);
        using var batch = new BatchReader(consumer, 100);
        var read = new List<string>();
        while (read.Count < 5)
        {
            batch.Read(Wait);
            batch.Count.ShouldBeGreaterThan(0);
            for (int i = 0; i < batch.Count; i++)
                read.Add(Describe(batch[i]));
        }

        read.ShouldBe(
        [
            "1@0 k=v text:C3BC empty: none:null at 1700000000123",
            "1@1 = at 5",
            "1@2 tombstone=null at now",
            "1@3 null=no key second:0102 at now",
            "end at 4",
        ]);
    }

    /// <summary>Whether a record has headers is mostly seen without asking the client, so each kind of record stands beside each other kind.</summary>
    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task Headers_are_found_wherever_there_are_some(CompressionType compression)
    {
        const int records = 4000;
        string topic = await kafka.CreateTopicAsync("headers", 1);
        ProducerConfig config = kafka.Connection.ProducerConfig();
        config.CompressionType = compression;
        using (IProducer<byte[], byte[]> producer = new ProducerBuilder<byte[], byte[]>(config).Build())
        {
            var random = new Random(7);
            for (int n = 0; n < records; n++)
            {
                (byte[]? key, byte[]? value) = (Bytes(random.Next(4)), Bytes(random.Next(4)));
                Headers? headers = random.Next(3) == 0 ? [new Header("n", BitConverter.GetBytes(n))] : null;
                producer.Produce(new TopicPartition(topic, 0), new Message<byte[], byte[]> { Key = key!, Value = value!, Headers = headers });
            }

            producer.Flush(Wait).ShouldBe(0);
        }

        using IConsumer<byte[], byte[]> consumer = Consumer(topic, 0);
        using var batch = new BatchReader(consumer, 300);
        var (expected, read) = (new Random(7), 0);
        while (read < records)
        {
            batch.Read(Wait);
            batch.Count.ShouldBeGreaterThan(0);
            for (int i = 0; i < batch.Count && !batch[i].IsPartitionEnd; i++)
            {
                expected.Next(4);
                expected.Next(4);
                RecordHeaders headers = batch[i].Headers;
                headers.Count.ShouldBe(expected.Next(3) == 0 ? 1 : 0, $"record {read}");
                if (headers.Count > 0)
                    BitConverter.ToInt32(headers[0].Value!).ShouldBe(read);
                read++;
            }
        }

        static byte[]? Bytes(int kind) => kind switch { 0 => null, 1 => [], 2 => [0], _ => [1, 2, 3, 0, 0, 0] };
    }

    /// <summary>With another one headers would be asked for record by record: try <c>Headers_are_found_wherever_there_are_some</c>, then raise the version.</summary>
    [Fact]
    public void The_client_is_the_one_of_which_it_was_tried_that_headers_follow_values() => BatchRecord.TriedVersion.ShouldBe(Library.Version);

    [Fact]
    public async Task Reading_allocates_nothing_per_record()
    {
        const int records = 50_000;
        string topic = await kafka.CreateTopicAsync("allocation", 1);
        kafka.Write(topic, Enumerable.Range(0, records).Select(static i => ($"k{i % 100}", "a value of some length")));
        using IConsumer<byte[], byte[]> consumer = Consumer(topic, 0);
        using var batch = new BatchReader(consumer, 2000);
        var index = new PartitionIndex<string>(partition => partition.Topic == topic ? "found" : null);
        batch.Read(Wait);
        long sum = Sum(batch, index);
        int read = batch.Count, batches = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        while (read < records)
        {
            batch.Read(Wait);
            batches++;
            read += batch.Count;
            sum += Sum(batch, index);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        batches.ShouldBeGreaterThan(5);
        allocated.ShouldBeLessThan(256L * batches);
        sum.ShouldBe(records * 22L);
    }

    [Fact]
    public async Task A_full_queue_takes_the_record_later()
    {
        string topic = await kafka.CreateTopicAsync("full", 1);
        ProducerConfig config = kafka.Connection.ProducerConfig();
        config.QueueBufferingMaxMessages = 2;
        config.LingerMs = 60_000;
        config.EnableDeliveryReports = false;
        using IProducer<byte[], byte[]> producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        using var records = new NativeProducer(producer);

        TryProduce().ShouldBeTrue();
        TryProduce().ShouldBeTrue();
        TryProduce().ShouldBeFalse();
        producer.Flush(Wait).ShouldBe(0);
        TryProduce().ShouldBeTrue();
        producer.Flush(Wait).ShouldBe(0);

        bool TryProduce() => records.TryProduce(new OutputRecord(topic, 0) { Value = "v"u8, HasValue = true });
    }

    [Fact]
    public async Task A_partition_that_does_not_exist_is_refused()
    {
        string topic = await kafka.CreateTopicAsync("refused", 1);
        using IProducer<byte[], byte[]> producer = new ProducerBuilder<byte[], byte[]>(kafka.Connection.ProducerConfig()).Build();
        using var records = new NativeProducer(producer);
        records.TryProduce(new OutputRecord(topic, 0) { Value = "v"u8, HasValue = true }).ShouldBeTrue();
        producer.Flush(Wait).ShouldBe(0);

        Should.Throw<KafkaException>(() => records.TryProduce(new OutputRecord(topic, 7) { Value = "v"u8, HasValue = true }))
            .Error.Code.ShouldBe(ErrorCode.Local_UnknownPartition);
    }

    private IConsumer<byte[], byte[]> Consumer(string topic, int partition)
    {
        ConsumerConfig config = kafka.Connection.ConsumerConfig(kafka.Unique("native"));
        config.EnablePartitionEof = true;
        IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(config).Build();
        consumer.Assign(new TopicPartitionOffset(topic, partition, Offset.Beginning));
        return consumer;
    }

    private static long Sum(BatchReader batch, PartitionIndex<string> index)
    {
        long sum = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            BatchRecord record = batch[i];
            if (record.IsPartitionEnd || index.Find(in record) is null)
                continue;
            InputRecord input = record.ToInput();
            sum += input.Value.Length + input.Headers.Count;
        }

        return sum;
    }

    private static string Describe(BatchRecord record)
    {
        if (record.IsPartitionEnd)
            return $"end at {record.Offset}";
        record.IsError.ShouldBeFalse();
        string key = record.HasKey ? Encoding.UTF8.GetString(record.Key) : "null";
        string value = record.HasValue ? Encoding.UTF8.GetString(record.Value) : "null";
        string headers = string.Concat(record.Headers.Select(static h => $" {h.Key}:{(h.Value is null ? "null" : Convert.ToHexString(h.Value))}"));
        string time = record.Timestamp > 1_700_000_000_123 ? "now" : $"{record.Timestamp}";
        return $"{record.Partition.Partition}@{record.Offset} {key}={value}{headers} at {time}";
    }
}
