using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Streams;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Integration.Engine;

public sealed class FailureTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    [Fact]
    public async Task A_missing_topic_is_named_with_what_to_do()
    {
        string output = await kafka.CreateTopicAsync("out", 1);
        await using var streams = new KafkaStreams(SumTopology.Build("no-such-topic", output, out _), Options());

        StreamsException error = await Should.ThrowAsync<StreamsException>(() => streams.StartAsync(TestContext.Current.CancellationToken));
        error.Message.ShouldContain("'no-such-topic' (read as a stream)");
        error.Message.ShouldContain("Create the topics");
        streams.State.ShouldBe(StreamsState.Error);
    }

    [Fact]
    public async Task An_address_where_no_broker_answers_is_named()
    {
        StreamsOptions options = Options() with { Connection = new KafkaConnection("127.0.0.1:1") };
        await using var streams = new KafkaStreams(SumTopology.Build("in", "out", out _), options);

        (await Should.ThrowAsync<KafkaUnreachableException>(() => streams.StartAsync(TestContext.Current.CancellationToken))).Message.ShouldContain("127.0.0.1:1");
    }

    [Fact]
    public async Task A_record_that_user_code_fails_on_stops_the_application_and_is_read_again_by_the_next()
    {
        string input = await kafka.CreateTopicAsync("in", 1);
        string output = await kafka.CreateTopicAsync("out", 1);
        StreamsOptions options = Options();
        kafka.Write(input, [("a:1", "1"), ("a:2", "not a number"), ("a:3", "3")]);
        await using (var streams = new KafkaStreams(SumTopology.Build(input, output, out _), options, new TestLogger()))
        {
            await streams.StartAsync(TestContext.Current.CancellationToken);
            ProcessingException error = await Should.ThrowAsync<ProcessingException>(
                () => streams.Completion.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
            error.Node.ShouldBe("by-group");
            error.Message.ShouldContain($"topic '{input}' partition 0 offset 1");
            streams.State.ShouldBe(StreamsState.Error);
        }

        var tolerant = new StreamsBuilder();
        tolerant.Stream(input, Consumed.With(Serdes.Utf8, Serdes.Utf8).WithName("numbers"))
            .MapValues("length", static (in Record<string, string> r) => (long)r.Value.Length)
            .To(output, Produced.With(Serdes.Utf8, Serdes.Int64));
        await using var corrected = new KafkaStreams(tolerant.Build(), options, new TestLogger());
        await corrected.StartAsync(TestContext.Current.CancellationToken);
        kafka.Read(output, static records => records.Exists(static r => r.Key == "a:3")).ShouldContain(static r => r.Key == "a:2");
    }

    [Fact]
    public async Task A_worker_that_dies_with_an_open_transaction_is_replaced_without_loss_or_double()
    {
        string input = await kafka.CreateTopicAsync("in", 2);
        string output = await kafka.CreateTopicAsync("out", 1);
        StreamsOptions options = Options() with { InstanceId = "worker" };
        (List<(string Key, string Value)> records, Dictionary<string, long> totals) = SumTopology.Numbers(seed: 5, count: 1000);
        kafka.Write(input, records);
        using var hung = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        StreamsOptions dying = options with
        {
            BeforeCommitStep = step =>
            {
                // Everything is produced and nothing committed: here the first worker hangs, as a zombie does.
                if (step != CommitStep.Commit)
                    return;
                hung.Set();
                release.Wait(TimeSpan.FromMinutes(2));
            },
        };
        await using var zombie = new KafkaStreams(SumTopology.Build(input, output, out _), dying, new TestLogger());
        await zombie.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => hung.IsSet, "the first worker in its commit");

        await using var successor = new KafkaStreams(SumTopology.Build(input, output, out _), options, new TestLogger());
        await successor.StartAsync(TestContext.Current.CancellationToken);
        Dictionary<string, long> last = [];
        kafka.Read(output, written =>
        {
            last = written.GroupBy(static r => r.Key).ToDictionary(static g => g.Key, static g => KafkaUnderTest.Number(g.Last().Value));
            return last.Values.Sum() >= totals.Values.Sum();
        });
        last.OrderBy(static t => t.Key).ShouldBe(totals.OrderBy(static t => t.Key));

        Task stopping = zombie.StopAsync(TestContext.Current.CancellationToken);
        release.Set();
        await stopping;
        zombie.Metrics.TransactionsCommitted.ShouldBe(0);
    }

    [Fact]
    public async Task Input_deleted_beyond_the_committed_offset_stops_the_application_rather_than_being_jumped_over()
    {
        string input = await kafka.CreateTopicAsync("in", 1);
        string output = await kafka.CreateTopicAsync("out", 1);
        StreamsOptions options = Options();
        kafka.Write(input, [("a:1", "1"), ("a:2", "2")]);
        await using (var streams = new KafkaStreams(SumTopology.Build(input, output, out _), options, new TestLogger()))
        {
            await streams.StartAsync(TestContext.Current.CancellationToken);
            kafka.Read(output, static records => records.Exists(static r => KafkaUnderTest.Number(r.Value) == 3));
        }

        kafka.Write(input, [("a:3", "3"), ("a:4", "4")]);
        using IAdminClient admin = new AdminClientBuilder(kafka.Connection.AdminClientConfig()).Build();
        await admin.DeleteRecordsAsync([new TopicPartitionOffset(input, 0, 3)]);
        await using var next = new KafkaStreams(SumTopology.Build(input, output, out _), options, new TestLogger());
        await next.StartAsync(TestContext.Current.CancellationToken);

        StreamsException error = await Should.ThrowAsync<StreamsException>(
            () => next.Completion.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        error.Message.ShouldContain($"{input} [[0]] @2");
        error.Message.ShouldContain(nameof(ErrorCode.Local_AutoOffsetReset));
        next.State.ShouldBe(StreamsState.Error);
    }

    private StreamsOptions Options() => new()
    {
        ApplicationId = kafka.Unique("app"),
        Connection = kafka.Connection,
        SessionTimeout = TimeSpan.FromSeconds(6),
    };
}
