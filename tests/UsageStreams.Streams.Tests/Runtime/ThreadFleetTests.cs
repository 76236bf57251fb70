using System.Collections.Concurrent;
using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Testing;

namespace UsageStreams.Streams.Tests.Runtime;

public sealed class ThreadFleetTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_thread_that_dies_is_replaced_when_the_handler_says_so()
    {
        var asked = new ConcurrentQueue<UncaughtException>();
        using FakeApplication application = Start(asked, UncaughtExceptionDecision.ReplaceThread);
        application.Break(new InvalidOperationException("poison"));
        await FakeApplication.EventuallyAsync(() => application.Clients.Sessions == 2 && application.Fleet.IsRunning, "a new thread");

        application.Clients.OnPoll(static session => FakeApplication.Take(session, 0, "k"));
        await FakeApplication.EventuallyAsync(() => application.Clients.Committed.Count == 1, "a commit of the new thread");
        asked.ShouldHaveSingleItem().Exception.Message.ShouldBe("poison");
        application.Fleet.Threads.ShouldHaveSingleItem().Thread.ShouldBe(0);
        await application.StopAsync();
    }

    [Fact]
    public async Task A_crash_loop_ends_with_an_error_that_names_the_bound_and_the_cause()
    {
        var asked = new ConcurrentQueue<UncaughtException>();
        using FakeApplication application = Start(asked, UncaughtExceptionDecision.ReplaceThread, static options => options with { MaxThreadReplacements = 2 });
        for (int i = 0; i < 3; i++)
            application.Break(new InvalidOperationException("poison"));

        StreamsException error = await Should.ThrowAsync<StreamsException>(() => application.Fleet.Completion.WaitAsync(Deadline, TestContext.Current.CancellationToken));
        error.Message.ShouldContain("more than 2 times within 00:05:00");
        error.Message.ShouldContain("poison");
        application.Clients.Sessions.ShouldBe(3);
        asked.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Otherwise_the_first_death_ends_the_application_with_its_error(bool withHandler)
    {
        using FakeApplication application = Start(
            [], withHandler ? UncaughtExceptionDecision.ShutdownClient : null, static options => options with { Threads = 2 });
        application.Break(new InvalidOperationException("poison"));

        (await Should.ThrowAsync<InvalidOperationException>(() => application.Fleet.Completion.WaitAsync(Deadline, TestContext.Current.CancellationToken))).Message.ShouldBe("poison");
    }

    [Fact]
    public async Task A_handler_that_fails_ends_the_application_with_both_errors()
    {
        using var application = new FakeApplication(FakeApplication.Default with { UncaughtExceptionHandler = static _ => throw new InvalidOperationException("no idea") });
        application.Fleet.Start();
        application.Break(new InvalidOperationException("poison"));

        StreamsException error = await Should.ThrowAsync<StreamsException>(() => application.Fleet.Completion.WaitAsync(Deadline, TestContext.Current.CancellationToken));
        error.Message.ShouldContain("no idea");
        error.Message.ShouldContain("poison");
    }

    [Fact]
    public async Task What_passes_begins_anew_and_asks_nobody()
    {
        var asked = new ConcurrentQueue<UncaughtException>();
        using FakeApplication application = Start(asked, UncaughtExceptionDecision.ShutdownClient);
        application.Break(new TransactionFailure("fenced"));
        application.Break(new RetriableException("the registry is away"));
        application.Break(new KafkaException(ErrorCode.Local_State));

        await FakeApplication.EventuallyAsync(() => application.Clients.Sessions == 4 && application.Fleet.IsRunning, "a fourth session");
        asked.ShouldBeEmpty();
        application.Fleet.Threads[0].Metrics.Snapshot.Recoveries.ShouldBe(3);
        application.Fleet.Threads[0].LastFailure.ShouldNotBeNull().ShouldContain(nameof(ErrorCode.Local_State));
        await application.StopAsync();
    }

    [Fact]
    public async Task A_client_error_that_comes_back_is_a_death()
    {
        var asked = new ConcurrentQueue<UncaughtException>();
        using FakeApplication application = Start(asked, UncaughtExceptionDecision.ShutdownClient);
        application.Break(new KafkaException(ErrorCode.TopicAuthorizationFailed));

        StreamsException error = await Should.ThrowAsync<StreamsException>(() => application.Fleet.Completion.WaitAsync(Deadline, TestContext.Current.CancellationToken));
        error.Message.ShouldContain(nameof(ErrorCode.TopicAuthorizationFailed));
        asked.ShouldHaveSingleItem().Exception.ShouldBe(error);
    }

    [Fact]
    public async Task Threads_come_and_go()
    {
        using FakeApplication application = Start([], null, static options => options with { Threads = 2 });
        application.Fleet.Add().ShouldBe(2);
        application.Fleet.Add().ShouldBe(3);
        Numbers().ShouldBe([0, 1, 2, 3]);

        for (int expected = 3; expected > 0; expected--)
            (await application.Fleet.RemoveAsync(Deadline, TestContext.Current.CancellationToken)).ShouldBe(expected);
        Numbers().ShouldBe([0]);
        await Should.ThrowAsync<InvalidOperationException>(() => application.Fleet.RemoveAsync(Deadline, TestContext.Current.CancellationToken));
        application.Fleet.Completion.IsCompleted.ShouldBeFalse();

        application.Fleet.Add().ShouldBe(1);
        application.Fleet.Contexts.Count.ShouldBe(4);
        await application.StopAsync();
        Should.Throw<InvalidOperationException>(() => application.Fleet.Add());

        int[] Numbers() => [.. application.Fleet.Threads.Select(static t => t.Thread)];
    }

    [Fact]
    public async Task A_thread_that_hangs_is_seen_after_twice_the_poll_interval_and_healthy_when_it_gets_on()
    {
        var clock = new ManualTimeProvider();
        using var application = new FakeApplication(FakeApplication.Default with { MaxPollInterval = TimeSpan.FromSeconds(20) }, clock);
        application.Fleet.Start();
        using var hangs = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        application.Clients.OnPoll(_ =>
        {
            hangs.Set();
            release.Wait(Deadline);
        });
        hangs.Wait(Deadline, TestContext.Current.CancellationToken).ShouldBeTrue();
        clock.Advance(TimeSpan.FromSeconds(39));
        Live().IsHealthy.ShouldBeTrue();

        clock.Advance(TimeSpan.FromSeconds(1));
        Live().IsHealthy.ShouldBeFalse();
        Live().Reason.ShouldContain("Thread 0 is without progress for 40 s");

        release.Set();
        await FakeApplication.EventuallyAsync(() => Live().IsHealthy, "progress");
        await application.StopAsync();

        HealthCheck Live() => new HealthReport(StreamsState.Running, null, application.Fleet.Threads, application.Fleet.Threads[0].Metrics.Snapshot).Make(null).Live;
    }

    [Fact]
    public async Task A_thread_that_is_given_up_commits_nothing_when_it_comes_back()
    {
        using FakeApplication application = Start([], null, static options => options with { Threads = 2 });
        await FakeApplication.EventuallyAsync(() => application.Fleet.IsRunning, "both threads");
        using var hangs = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        application.Clients.OnPoll(session =>
        {
            FakeApplication.Take(session, 0, "k");
            hangs.Set();
            release.Wait(Deadline);
        });
        hangs.Wait(Deadline, TestContext.Current.CancellationToken).ShouldBeTrue();

        application.Fleet.GiveUp().ShouldContain("is without progress");
        release.Set();
        await application.StopAsync();
        application.Clients.Committed.ShouldBeEmpty();
    }

    private static FakeApplication Start(
        ConcurrentQueue<UncaughtException> asked, UncaughtExceptionDecision? decision, Func<StreamsOptions, StreamsOptions>? change = null)
    {
        StreamsOptions options = FakeApplication.Default;
        if (decision is { } answer)
        {
            options = options with
            {
                UncaughtExceptionHandler = failure =>
                {
                    asked.Enqueue(failure);
                    return answer;
                },
            };
        }

        var application = new FakeApplication(change is null ? options : change(options));
        application.Fleet.Start();
        return application;
    }
}
