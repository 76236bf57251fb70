using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Streams;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Integration.Engine;

public sealed class AtLeastOnceTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    [Fact]
    public async Task Without_failures_sums_over_a_repartition_equal_a_plain_loop()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync();
        (List<(string Key, string Value)> records, Dictionary<string, long> totals) = SumTopology.Numbers(seed: 11, count: 4000);
        kafka.Write(input, records);
        await using var streams = new KafkaStreams(SumTopology.Build(input, output, out _), options, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);

        SumTopology.Last(kafka.Read(output, written => SumTopology.Last(written).Values.Sum() >= totals.Values.Sum()))
            .OrderBy(static t => t.Key).ShouldBe(totals.OrderBy(static t => t.Key));
        streams.Metrics.Recoveries.ShouldBe(0);
    }

    [Theory]
    [InlineData(nameof(CommitStep.Flush))]
    [InlineData(nameof(CommitStep.SendOffsets))]
    [InlineData(nameof(CommitStep.Acknowledge))]
    public async Task A_failure_in_a_commit_loses_nothing(string stepName)
    {
        CommitStep broken = Enum.Parse<CommitStep>(stepName);
        (string input, string output, StreamsOptions options) = await PrepareAsync();
        int reached = 0;
        options = options with
        {
            BeforeCommitStep = step =>
            {
                if (step == broken && ++reached is 1 or 3)
                    throw new TransactionFailure($"broken by the test before {step}");
            },
        };
        await using var streams = new KafkaStreams(Copy(input, output), options, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);
        foreach (IEnumerable<int> part in Enumerable.Range(0, 900).Chunk(300))
        {
            int seen = reached;
            kafka.Write(input, part.Select(static i => ($"k{i}", $"{i}")));
            await Eventually.TrueAsync(() => reached > seen, "another commit");
        }

        Read(output, 900).ShouldBe(Enumerable.Range(0, 900));
        streams.Metrics.Recoveries.ShouldBe(2);
    }

    [Fact]
    public async Task A_record_that_is_not_delivered_holds_the_offsets_back()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync();
        // The broker refuses what the client lets pass: the record is given up, and no transaction says so.
        using (IAdminClient admin = new AdminClientBuilder(kafka.Connection.AdminClientConfig()).Build())
        {
            await admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>>
            {
                [new ConfigResource { Type = ResourceType.Topic, Name = output }] =
                    [new ConfigEntry { Name = "max.message.bytes", Value = "2000", IncrementalOperation = AlterConfigOpType.Set }],
            });
        }

        kafka.Write(input, [("big", new string('x', 5000))]);
        await using var streams = new KafkaStreams(Copy(input, output), options, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);

        StreamsException error = await Should.ThrowAsync<StreamsException>(
            () => streams.Completion.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        error.Message.ShouldContain($"deliver to topic '{output}'");
        error.Message.ShouldContain(nameof(ErrorCode.MsgSizeTooLarge));
        Committed(options.ApplicationId, input).ShouldBe(0);
    }

    private static List<int> Numbers(IEnumerable<(string Key, byte[]? Value)> records) =>
        [.. records.Select(static r => int.Parse(Encoding.UTF8.GetString(r.Value!), System.Globalization.CultureInfo.InvariantCulture)).Distinct().Order()];

    private List<int> Read(string output, int count) => Numbers(kafka.Read(output, written => Numbers(written).Count >= count));

    /// <summary>Offsets that the group has committed, all partitions together.</summary>
    private long Committed(string group, string topic)
    {
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(kafka.Connection.ConsumerConfig(group)).Build();
        return consumer.Committed([.. Enumerable.Range(0, 2).Select(p => new TopicPartition(topic, p))], TimeSpan.FromSeconds(30))
            .Sum(static o => o.Offset == Offset.Unset ? 0 : o.Offset.Value);
    }

    private static Streams.Topology Copy(string input, string output)
    {
        var builder = new StreamsBuilder();
        builder.Stream(input, Consumed.With(Serdes.Utf8, Serdes.Utf8)).To(output, Produced.With(Serdes.Utf8, Serdes.Utf8));
        return builder.Build();
    }

    private async Task<(string Input, string Output, StreamsOptions Options)> PrepareAsync()
    {
        string input = await kafka.CreateTopicAsync("in", 2);
        string output = await kafka.CreateTopicAsync("out", 2);
        var options = new StreamsOptions
        {
            ApplicationId = kafka.Unique("app"),
            Connection = kafka.Connection,
            SessionTimeout = TimeSpan.FromSeconds(6),
            Guarantee = ProcessingGuarantee.AtLeastOnce,
        };
        return (input, output, options);
    }
}
