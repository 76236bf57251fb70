using System.Diagnostics;
using UsageStreams.Streams;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Integration.Engine;

/// <summary>Threads that die, come and go; stops that take too long; pauses.</summary>
public sealed class LifeCycleTests(KafkaUnderTest kafka) : IClassFixture<KafkaUnderTest>
{
    [Fact]
    public async Task A_thread_that_dies_is_replaced_and_every_record_counts_once()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync(partitions: 2);
        int failures = 0;
        options = options with
        {
            UncaughtExceptionHandler = failure => failure.Exception is ProcessingException ? UncaughtExceptionDecision.ReplaceThread : UncaughtExceptionDecision.ShutdownClient,
        };
        await using var streams = new KafkaStreams(Copy(input, output, record => Throw(record.Key == "k150" && Interlocked.Increment(ref failures) <= 2)), options, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);
        kafka.Write(input, Numbers(0, 300));

        Check(output, 300);
        failures.ShouldBeGreaterThanOrEqualTo(3);
        await Eventually.TrueAsync(() => streams.CheckHealth(maxLag: 0).IsHealthy, $"health: {streams.CheckHealth(0)}");
    }

    [Fact]
    public async Task A_record_on_which_every_thread_dies_stops_the_application_with_the_record_in_the_error()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync(partitions: 1);
        options = options with { MaxThreadReplacements = 1, UncaughtExceptionHandler = static _ => UncaughtExceptionDecision.ReplaceThread };
        await using var streams = new KafkaStreams(Copy(input, output, static record => Throw(record.Key == "k1")), options, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);
        kafka.Write(input, Numbers(0, 3));

        StreamsException error = await Should.ThrowAsync<StreamsException>(() => streams.Completion.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        error.Message.ShouldContain("more than 1 times");
        error.InnerException.ShouldBeOfType<ProcessingException>().Message.ShouldContain("offset 1");
        streams.CheckHealth().Live.Reason.ShouldContain("more than 1 times");
    }

    [Fact]
    public async Task Threads_are_added_and_removed_while_records_flow()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync(partitions: 6);
        await using var streams = new KafkaStreams(Copy(input, output), options, new TestLogger());
        await streams.StartAsync(TestContext.Current.CancellationToken);
        kafka.Write(input, Numbers(0, 500));
        await Eventually.TrueAsync(() => streams.State == StreamsState.Running, "one thread");

        (await streams.AddThreadAsync(TestContext.Current.CancellationToken)).ShouldBe(1);
        (await streams.AddThreadAsync(TestContext.Current.CancellationToken)).ShouldBe(2);
        kafka.Write(input, Numbers(500, 500));
        await Eventually.TrueAsync(() => streams.State == StreamsState.Running && streams.Metrics.Tasks.Count == 6, "three threads");
        (await streams.RemoveThreadAsync(TestContext.Current.CancellationToken)).ShouldBe(2);
        kafka.Write(input, Numbers(1000, 500));
        await Eventually.TrueAsync(() => streams.State == StreamsState.Running && streams.Metrics.Tasks.Count == 6, "two threads");

        Check(output, 1500);
        streams.Metrics.Recoveries.ShouldBe(0);
    }

    [Fact]
    public async Task A_stop_past_its_bound_ends_in_an_error_commits_nothing_more_and_loses_nothing()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync(partitions: 1);
        options = options with { StopTimeout = TimeSpan.FromSeconds(1) };
        using var blocks = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var logger = new TestLogger();
        var hanging = new KafkaStreams(Copy(input, output, record =>
        {
            if (record.Key != "k5")
                return;
            blocks.Set();
            release.Wait(TimeSpan.FromMinutes(2));
        }), options, logger);
        await hanging.StartAsync(TestContext.Current.CancellationToken);
        kafka.Write(input, Numbers(0, 10));
        await Eventually.TrueAsync(() => blocks.IsSet, "a processor that blocks");
        long committed = hanging.Metrics.TransactionsCommitted;

        long start = Stopwatch.GetTimestamp();
        TimeoutException error = await Should.ThrowAsync<TimeoutException>(() => hanging.StopAsync(TestContext.Current.CancellationToken));
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        error.Message.ShouldContain("Thread 0 is without progress");
        hanging.State.ShouldBe(StreamsState.Error);
        hanging.Completion.IsFaulted.ShouldBeTrue();
        await hanging.DisposeAsync();

        release.Set();
        await using var next = new KafkaStreams(Copy(input, output), options with { StopTimeout = TimeSpan.FromSeconds(30) }, logger);
        await next.StartAsync(TestContext.Current.CancellationToken);
        Check(output, 10);
        hanging.Metrics.TransactionsCommitted.ShouldBe(committed);
    }

    [Fact]
    public async Task A_rebalance_handler_that_throws_ends_in_a_new_session_not_in_a_zombie()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync(partitions: 4);
        bool leaves = false;
        int thrown = 0;
        StreamsOptions broken = options with
        {
            // Only a rebalance commits when nothing was read for long: the commit interval is a minute.
            CommitInterval = TimeSpan.FromSeconds(50),
            TransactionTimeout = TimeSpan.FromMinutes(2),
            BeforeCommitStep = step =>
            {
                if (Volatile.Read(ref leaves) && step == CommitStep.Flush && Interlocked.Increment(ref thrown) == 1)
                    throw new InvalidOperationException("broken by the test in a handler");
            },
        };
        await using var first = new KafkaStreams(Copy(input, output), broken, new TestLogger());
        await first.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => first is { State: StreamsState.Running, Metrics.Tasks.Count: 4 }, "four tasks in the first instance");
        kafka.Write(input, Numbers(0, 100));
        await Eventually.TrueAsync(() => first.Metrics.RecordsConsumed == 100, "records in hand");
        Volatile.Write(ref leaves, true);

        await using var second = new KafkaStreams(Copy(input, output), options, new TestLogger());
        await second.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => first.Metrics.Recoveries == 1 && first.Metrics.Tasks.Count == 2 && second.Metrics.Tasks.Count == 2, "two tasks in each instance");
        first.State.ShouldNotBe(StreamsState.Error);
        thrown.ShouldBeGreaterThan(0);
        await first.StopAsync(TestContext.Current.CancellationToken);
        Check(output, 100);
    }

    [Fact]
    public async Task One_sub_topology_is_paused_and_the_other_goes_on()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync(partitions: 2);
        string other = await kafka.CreateTopicAsync("other", 2);
        var builder = new StreamsBuilder();
        builder.Stream(input, Text().WithName("first")).To(output, Produced.With(Serdes.Utf8, Serdes.Utf8));
        builder.Stream(other, Text().WithName("second")).To(output, Produced.With(Serdes.Utf8, Serdes.Utf8));
        await using var streams = new KafkaStreams(builder.Build(), options, new TestLogger());
        streams.Pause("first");
        // There before the start, so that the client may hand it out before the pause has come to it.
        kafka.Write(input, Numbers(100, 100));
        await streams.StartAsync(TestContext.Current.CancellationToken);
        kafka.Write(other, Numbers(0, 100));

        Check(output, 100);
        streams.Paused.ShouldBe(["first"]);
        await Eventually.TrueAsync(() => streams.Metrics.Tasks.Count(static t => t.IsPaused) == 2, "two paused tasks");
        streams.State.ShouldBe(StreamsState.Running);

        streams.Resume("first");
        Check(output, 200);
        streams.Pause();
        await Eventually.TrueAsync(() => streams.Metrics.Tasks.All(static t => t.IsPaused), "all paused");
        kafka.Write(input, Numbers(200, 100));
        kafka.Write(other, Numbers(300, 100));
        streams.Resume();
        Check(output, 400);
        Should.Throw<ArgumentException>(() => streams.Pause("third")).Message.ShouldContain("'first', 'second'");
    }

    [Fact]
    public async Task Threads_come_and_go_only_while_the_application_runs()
    {
        (string input, string output, StreamsOptions options) = await PrepareAsync(partitions: 1);
        await using var streams = new KafkaStreams(Copy(input, output), options);

        (await Should.ThrowAsync<InvalidOperationException>(() => streams.AddThreadAsync(TestContext.Current.CancellationToken))).Message.ShouldContain("is Created");
        await Should.ThrowAsync<InvalidOperationException>(() => streams.RemoveThreadAsync(TestContext.Current.CancellationToken));
    }

    private static void Throw(bool when)
    {
        if (when)
            throw new InvalidOperationException("poison");
    }

    private static Consumed<string, string> Text() => Consumed.With(Serdes.Utf8, Serdes.Utf8);

    private static IEnumerable<(string Key, string Value)> Numbers(int from, int count) => Enumerable.Range(from, count).Select(static i => ($"k{i}", $"{i}"));

    private static Streams.Topology Copy(string input, string output, Action<Record<string, string>>? before = null)
    {
        var builder = new StreamsBuilder();
        builder.Stream(input, Text().WithName("copy")).Map("pass", (in Record<string, string> record) =>
        {
            before?.Invoke(record);
            return record;
        }).To(output, Produced.With(Serdes.Utf8, Serdes.Utf8));
        return builder.Build();
    }

    /// <summary>Each of the first numbers is in the output, once.</summary>
    private void Check(string output, int count) => kafka.Read(output, written => written.Count >= count)
        .Select(static r => r.Key).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, count).Select(static i => $"k{i}").Order(StringComparer.Ordinal));

    private async Task<(string Input, string Output, StreamsOptions Options)> PrepareAsync(int partitions)
    {
        string input = await kafka.CreateTopicAsync("in", partitions);
        string output = await kafka.CreateTopicAsync("out", 2);
        return (input, output, new StreamsOptions { ApplicationId = kafka.Unique("app"), Connection = kafka.Connection, SessionTimeout = TimeSpan.FromSeconds(6) });
    }
}
