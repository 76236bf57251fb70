using Confluent.Kafka;
using Confluent.Kafka.Admin;
using UsageStreams.Host.Kafka;
using UsageStreams.Integration.Chain;
using UsageStreams.Oracle.Load;
using UsageStreams.Oracle.Naive;
using UsageStreams.Oracle.Run;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Integration.Metering;

/// <summary>
/// The oracle's loads through a Kafka and workers in processes of their own, against the naive recount: what the test driver can't show of deduplication,
/// recounts and withdrawals, which is the broker's clock, transactions and aborted records, kills, and disks that are lost.
/// </summary>
public sealed class OracleOnKafkaTests(ChainKafka kafka) : IClassFixture<ChainKafka>
{
    private const int Events = 3_000;
    private const int RecordsPerTransaction = 150;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData(1, TimestampType.LogAppendTime)]
    [InlineData(5, TimestampType.LogAppendTime)]
    [InlineData(2, TimestampType.CreateTime)]
    public async Task Through_kills_and_lost_disks_metering_comes_to_what_a_naive_recount_says(int seed, TimestampType clock)
    {
        var load = LoadOf(seed, clock);
        var options = kafka.Options(out var prefix);
        var access = new KafkaAccess(new KafkaConnection(kafka.Bootstrap), new Uri(kafka.Registry), new UsageTopics(prefix));
        using var session = await KafkaSession.OpenAsync(access, TestContext.Current.CancellationToken);
        await session.CreateTopicsAsync(load.Partitions, TestContext.Current.CancellationToken);
        await StampAsync(access, clock);
        using var publisher = new LoadPublisher(access, session.Values, load.Partitions);
        var topics = new MeteringTopics(access, session.Values);
        await using (var first = new MeteringWorker("w1", kafka.Folder(prefix), options))
        await using (var second = new MeteringWorker("w2", kafka.Folder(prefix), options))
        {
            var steps = Played(load);
            var parts = Parts(steps).ToList();
            var half = parts[..(parts.Count / 2)];
            await PlayAsync(half, publisher, topics, [first, second]);
            await SettleAsync([.. half.SelectMany(static part => part)]);
            await PlayAsync(parts[half.Count..], publisher, topics, [first, second]);
            await SettleAsync(steps);

            await first.RestartAsync(withoutState: true);
            await second.RestartAsync(withoutState: true);
            await SendAsync(publisher, Repetitions(load));
            await UntilEqualAsync(steps);

            // What is settled before the other half of a load is what its changes correct.
            async Task SettleAsync(List<LoadStep> sent)
            {
                Complete(access, session.Values, sent);
                await UntilEqualAsync(sent);
            }

            Task UntilEqualAsync(List<LoadStep> sent)
            {
                var expected = Expected(sent, publisher);
                return UntilAsync(() => Comparison.Of(expected, topics.Books), first);
            }
        }

        publisher.Clocks.ShouldBe([clock]);
        Comparison.Of(Expected(load.Steps, publisher), topics.Books).ShouldBeEmpty();
        topics.Books.Windows.Count.ShouldBeGreaterThan(300);
        topics.Ledger.Count(static entry => entry.Cause is not null).ShouldBeGreaterThan(20);
    }

    /// <summary>
    /// By the broker's clock all of a load arrives at once, within what metrics allow, and its last hour lies further ahead than the skew; by its own clock it has
    /// arrived over the days before.
    /// </summary>
    private static UsageLoad LoadOf(int seed, TimestampType clock)
    {
        var now = TimeProvider.System.GetUtcNow();
        var options = LoadOptions.OfSeed(seed, Events) with { Start = clock == TimestampType.LogAppendTime ? now.AddHours(2 - 60) : now.AddDays(-6) };
        (options.Features & Features.Months).ShouldBe(Features.None, "a load over months arrives over months");
        return LoadMaker.Make(options);
    }

    private static async Task StampAsync(KafkaAccess access, TimestampType clock)
    {
        using var admin = new AdminClientBuilder(access.Connection.AdminClientConfig()).Build();
        var entry = new ConfigEntry { Name = "message.timestamp.type", Value = clock.ToString(), IncrementalOperation = AlterConfigOpType.Set };
        await admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>> { [new ConfigResource { Type = ResourceType.Topic, Name = access.Topics.Events }] = [entry] });
    }

    /// <summary>Sends parts of a load. Each change of reference data finds the usage before it counted, and every third time a worker is killed while it is at work.</summary>
    private static async Task PlayAsync(List<List<LoadStep>> parts, LoadPublisher publisher, MeteringTopics topics, MeteringWorker[] workers)
    {
        foreach (var (number, part) in parts.Index())
        {
            await SendAsync(publisher, part);
            if (number % 3 == 2)
                await workers[number % 2].RestartAsync(withoutState: number % 4 < 2);
            await UntilAsync(
                () => topics.Read == publisher.Arrived.Count ? [] : [$"{topics.Read} of {publisher.Arrived.Count} records have an outcome after part {number}"], workers[0]);
        }
    }

    /// <summary>Commits and crashes of a load are for the test driver; here both happen by themselves.</summary>
    private static List<LoadStep> Played(UsageLoad load) => [.. load.Steps.Where(static step => step is not (Commits or Crashes))];

    private static IEnumerable<List<LoadStep>> Parts(List<LoadStep> steps)
    {
        List<LoadStep> part = [];
        foreach (var step in steps)
        {
            if (step is ReferenceArrives && part.Exists(static before => before is EventArrives))
            {
                yield return part;
                part = [];
            }

            part.Add(step);
        }

        yield return part;
    }

    private static async Task SendAsync(LoadPublisher publisher, IEnumerable<LoadStep> steps)
    {
        foreach (var transaction in steps.Chunk(RecordsPerTransaction))
            await publisher.SendAsync(transaction);
    }

    private static IEnumerable<LoadStep> Repetitions(UsageLoad load)
    {
        var end = load.Steps.Max(static step => step.At);
        return load.Steps.OfType<EventArrives>().Where(static (_, number) => number % 5 == 0).Select(step => step with { At = end });
    }

    private static void Complete(KafkaAccess access, UsageValues values, List<LoadStep> sent)
    {
        using var publisher = new UsagePublisher(access, values, "completion");
        publisher.Begin();
        publisher.Complete(sent.OfType<EventArrives>().Max(static arrives => arrives.Event.Time).AddDays(2));
        publisher.Commit();
    }

    private static Books Expected(IEnumerable<LoadStep> sent, LoadPublisher publisher) =>
        NaiveMetering.Of(sent.OfType<ReferenceArrives>().Select(static step => step.Record), publisher.Arrived, new NaiveTerms());

    private static async Task UntilAsync(Func<IReadOnlyList<string>> missing, MeteringWorker worker)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (missing() is { Count: > 0 } differences)
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(
                Deadline, $"{differences.Count} differences, such as\n{string.Join('\n', differences.Take(10))}\nand a worker that says\n{worker.Log}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
