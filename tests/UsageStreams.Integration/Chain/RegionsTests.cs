using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using UsageStreams.Avro.Registry;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Projecting;
using UsageStreams.Integration.Engine;
using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Integration.Chain;

/// <summary>Two regions with a load of their own, each with a worker, and one billing over both.</summary>
public sealed class RegionsTests(ChainKafka kafka) : IClassFixture<ChainKafka>
{
    [Fact]
    public async Task Billing_bills_both_regions_and_nothing_of_a_person_is_in_the_global_topics()
    {
        var options = kafka.Options(out var prefix);
        var told = new List<JsonNode>();
        foreach (var region in (string[])["eu", "us"])
            (await UsageStreamsCommand.RunAsync(["topics", "create", "--region", region, .. options])).ExitCode.ShouldBe(0);
        foreach (var (region, seed) in ((string, string)[])[("eu", "5"), ("us", "6")])
        {
            var (exitCode, output, errors) = await UsageStreamsCommand.RunAsync(
                ["generate", "--json", "--complete", "--records", "5000", "--seed", seed, "--undecodable", "0", "--invalid", "0", "--span", "2.00:00:00", "--from", "2026-03-01T00:00:00Z", "--region", region, .. options]);
            exitCode.ShouldBe(0, errors);
            told.Add(JsonNode.Parse(output)!);
        }

        Process[] workers =
        [
            Start(["metering", "export", "--region", "eu", "--state", kafka.Folder("eu"), .. options]), Start(["metering", "export", "--region", "us", "--state", kafka.Folder("us"), .. options]), Start(["billing", .. options]),
        ];
        var access = new KafkaAccess(new KafkaConnection(kafka.Bootstrap), new Uri(kafka.Registry), new UsageTopics(prefix));
        using var session = await KafkaSession.OpenAsync(access, TestContext.Current.CancellationToken);
        await using var projector = new Projector(access, new Projection(access.Topics, session.Values, TopicCatalogue.DefaultPartitions), TimeProvider.System);
        await Eventually.TrueAsync(
            () => projector.Look(static now => now.TransactionMarks.Missing(new DateTimeOffset(2026, 4, 2, 0, 0, 0, TimeSpan.Zero)) is null),
            "the end of both regions' loads in billing.transactions");
        await projector.CatchUpAsync(TestContext.Current.CancellationToken);
        foreach (var worker in workers)
        {
            worker.StandardInput.Close();
            await worker.WaitForExitAsync(TestContext.Current.CancellationToken);
            worker.Dispose();
        }

        projector.Look(now =>
        {
            foreach (var metric in (string[])["api.calls", "bytes.out", "active.users"])
                now.Metrics[metric].ShouldBe(told.Sum(region => region[metric]!.GetValue<long>()), metric);
            return true;
        });
        AssertNothingPersonal(access);
    }

    private static void AssertNothingPersonal(KafkaAccess access)
    {
        var personal = new HashSet<string>(StringComparer.Ordinal);
        using var registry = new SchemaRegistryClient(access.Registry);
        var values = new UsageValues(registry);
        foreach (var region in (string[])["eu", "us"])
        {
            var topic = (access.Topics with { Region = region }).Events;
            TopicReader.ReadToEnd(access, topic, record => Note(personal, record.Message.Value is { } bytes ? values.Read<UsageEvent>(topic, bytes) : null), TestContext.Current.CancellationToken);
        }

        personal.Count.ShouldBeGreaterThan(1000);
        var left = new StringBuilder();
        foreach (var topic in (string[])[access.Topics.Ledger, access.Topics.Running])
            TopicReader.ReadToEnd(access, topic, record => Append(left, record.Message), TestContext.Current.CancellationToken);

        left.Length.ShouldBeGreaterThan(10_000);
        var text = left.ToString();
        personal.Where(word => text.Contains(word, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static void Note(HashSet<string> personal, UsageEvent? usage)
    {
        if (usage is null) return;
        foreach (var word in (string?[])[usage.Id, usage.CorrelationId, usage.User])
        {
            if (word is { Length: > 6 }) personal.Add(word);
        }
    }

    private static void Append(StringBuilder left, Message<byte[], byte[]> message)
    {
        message.Headers.Select(static header => header.Key).ShouldBeSubsetOf(["us-watermark", "us-upstream"]);
        left.Append(Encoding.Latin1.GetString(message.Key ?? [])).Append('\0').Append(Encoding.Latin1.GetString(message.Value ?? [])).Append('\0');
    }

    private static Process Start(string[] arguments)
    {
        var worker = UsageStreamsCommand.Start(["worker", "--child", .. arguments]);
        worker.OutputDataReceived += static (_, _) => { };
        worker.ErrorDataReceived += static (_, _) => { };
        worker.BeginOutputReadLine();
        worker.BeginErrorReadLine();
        return worker;
    }
}
