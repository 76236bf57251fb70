using UsageStreams.Sinks.Runtime;

namespace UsageStreams.Sinks.Tests.Runtime;

public sealed class AdaptiveConcurrencyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_more_than_the_limit_run_and_the_next_starts_when_one_leaves()
    {
        var places = new AdaptiveConcurrency(2);
        var first = await places.EnterAsync(Token);
        await places.EnterAsync(Token);
        var third = places.EnterAsync(Token).AsTask();
        third.IsCompleted.ShouldBeFalse();
        places.Leave(first, wasThrottled: false);
        await third;
    }

    [Fact]
    public async Task Calls_throttled_together_halve_the_limit_once()
    {
        var places = new AdaptiveConcurrency(8);
        List<int> tickets = [];
        for (var i = 0; i < 8; i++) tickets.Add(await places.EnterAsync(Token));
        foreach (var ticket in tickets) places.Leave(ticket, wasThrottled: true);
        places.Limit.ShouldBe(4);
    }

    [Fact]
    public async Task The_limit_never_falls_below_one_and_comes_back_up_to_the_most()
    {
        var places = new AdaptiveConcurrency(4);
        for (var i = 0; i < 10; i++) places.Leave(await places.EnterAsync(Token), wasThrottled: true);
        places.Limit.ShouldBe(1);
        for (var i = 0; i < 100; i++) places.Leave(await places.EnterAsync(Token), wasThrottled: false);
        places.Limit.ShouldBe(4);
    }

    [Fact]
    public async Task One_that_gives_up_takes_no_place()
    {
        var places = new AdaptiveConcurrency(1);
        var ticket = await places.EnterAsync(Token);
        using var impatience = new CancellationTokenSource();
        var gone = places.EnterAsync(impatience.Token).AsTask();
        var waits = places.EnterAsync(Token).AsTask();
        await impatience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(gone);
        places.Leave(ticket, wasThrottled: false);
        await waits;
    }
}
