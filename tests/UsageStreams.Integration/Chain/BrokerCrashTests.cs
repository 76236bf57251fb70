using System.Diagnostics;
using Confluent.Kafka;
using UsageStreams.Streams;

namespace UsageStreams.Integration.Chain;

/// <summary>What the embedded broker has acknowledged is there after <c>kill -9</c>.</summary>
public sealed class BrokerCrashTests
{
    private const int Records = 5_000;

    [Fact]
    public async Task Acknowledged_and_committed_records_survive_a_kill_and_uncommitted_ones_stay_unseen()
    {
        var folder = Directory.CreateTempSubdirectory("usagestreams-kill-");
        var (first, address) = await StartAsync(folder.FullName);
        var connection = new KafkaConnection(address);
        using (var producer = new ProducerBuilder<string, string>(connection.ProducerConfig("committed")).Build())
        {
            producer.InitTransactions(TimeSpan.FromSeconds(20));
            Write(producer, "kept");
            producer.CommitTransaction();
            Write(producer, "lost");
            producer.Flush(TestContext.Current.CancellationToken);
            first.Kill();
            await first.WaitForExitAsync(TestContext.Current.CancellationToken);
            first.Dispose();
        }

        var (second, restarted) = await StartAsync(folder.FullName);
        using (var successor = new ProducerBuilder<string, string>(new KafkaConnection(restarted).ProducerConfig("committed")).Build())
            successor.InitTransactions(TimeSpan.FromSeconds(20));
        var values = Read(new KafkaConnection(restarted));
        second.Kill();
        await second.WaitForExitAsync(TestContext.Current.CancellationToken);
        second.Dispose();
        folder.Delete(recursive: true);

        values.Count.ShouldBe(Records);
        values.ShouldAllBe(value => value.StartsWith("kept"));
        values.ShouldBeUnique();
    }

    private static async Task<(Process Process, string Bootstrap)> StartAsync(string folder)
    {
        var process = UsageStreamsCommand.Start("broker", "--data", folder, "--port", "0", "--registry-port", "0");
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        if (line is null) throw new InvalidOperationException("The broker ended at once: " + await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        return (process, line["bootstrap".Length..].Trim());
    }

    private static void Write(IProducer<string, string> producer, string word)
    {
        producer.BeginTransaction();
        for (var i = 0; i < Records; i++) producer.Produce("records", new Message<string, string> { Key = $"{i % 7}", Value = $"{word} {i}" });
    }

    private static List<string> Read(KafkaConnection connection)
    {
        var config = connection.ConsumerConfig("check");
        config.EnablePartitionEof = true;
        using var consumer = new ConsumerBuilder<string, string>(config).Build();
        consumer.Assign(Enumerable.Range(0, 4).Select(partition => new TopicPartitionOffset("records", partition, Offset.Beginning)));
        var values = new List<string>();
        for (var ends = 0; ends < 4;)
        {
            var result = consumer.Consume(TimeSpan.FromSeconds(20)) ?? throw new TimeoutException($"Only {values.Count} records and {ends} ends of partitions within 20 s.");
            if (result.IsPartitionEOF) ends++;
            else values.Add(result.Message.Value);
        }

        return values;
    }
}
