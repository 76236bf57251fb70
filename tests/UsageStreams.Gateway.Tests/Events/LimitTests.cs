using System.Text;
using UsageStreams.Gateway.Tests.Support;
using UsageStreams.Producer.Tests.Support;

namespace UsageStreams.Gateway.Tests.Events;

public sealed class LimitTests(FaultyKafka kafka) : IClassFixture<FaultyKafka>
{
    private const string Plain = "application/json";

    [Fact]
    public async Task What_is_too_long_is_answered_413_and_an_event_that_is_too_large_is_refused_alone()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka, new GatewayLimits { MaxBodyBytes = 2000, MaxEventBytes = 300, MaxEventsPerRequest = 3 });

        var body = await gateway.SendAsync("[" + new string(' ', 2000), Plain);
        (body.Status, body.Code).ShouldBe((413, "body-too-large"));
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "events") { Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(new string(' ', 100_000)))) };
        chunked.Content.Headers.ContentType = new(Plain);
        chunked.Headers.TransferEncodingChunked = true;
        using var response = await gateway.Client.SendAsync(chunked, TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(413);
        var count = await gateway.SendAsync(Json.Plain(4), Plain);
        (count.Status, count.Code).ShouldBe((413, "too-many-events"));
        (await gateway.SendAsync(string.Join('\n', Enumerable.Range(0, 4).Select(static i => Json.Plain($"e{i}"))), "application/x-ndjson")).Status.ShouldBe(413);
        var single = await gateway.SendAsync($"[{Json.Plain("e1")},{Json.Plain("e2", $",\"user\":\"{new string('u', 300)}\"")}]", Plain);

        single.Codes.ShouldBe([null, "event-too-large"]);
        gateway.OnTopic().ShouldHaveSingleItem().Id.ShouldBe("e1");
    }

    [Fact]
    public async Task A_token_s_requests_at_once_are_limited_and_the_others_are_not_touched()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka, new GatewayLimits { MaxRequestsPerToken = 2, MaxRequests = 3 });
        gateway.Admin.Add("other", null, null, TimeSpan.FromDays(1), out var other);
        gateway.Admin.Add("third", null, null, TimeSpan.FromDays(1), out var third);
        await gateway.UntilAsync(async () => (await gateway.SendAsync("[]", Plain, ("Authorization", "Bearer " + third))).Status == 200);
        kafka.Hold();
        var first = gateway.SendAsync(Json.Plain("e1"), Plain);
        var second = gateway.SendAsync(Json.Plain("e2"), Plain);
        // Asked of the producer: a request that asks would itself take one of the two places.
        await gateway.UntilAsync(() => Task.FromResult(gateway.Queued == 2));

        var refused = await gateway.SendAsync(Json.Plain("e3"), Plain);
        (refused.Status, refused.Code, refused.RetryAfter).ShouldBe((429, "too-many-requests", TimeSpan.FromSeconds(2)));
        var next = gateway.SendAsync(Json.Plain("e4"), Plain, ("Authorization", "Bearer " + other));
        await gateway.UntilAsync(() => Task.FromResult(gateway.Queued == 3));
        (await gateway.SendAsync("[]", Plain, ("Authorization", "Bearer " + third))).Status.ShouldBe(503);
        kafka.Release();

        foreach (var answer in await Task.WhenAll(first, second, next))
            answer.Status.ShouldBe(200);
        gateway.OnTopic().Select(static usage => usage.Id).Order().ShouldBe(["e1", "e2", "e4"]);
    }

    [Fact]
    public async Task Events_per_second_are_limited_and_the_wait_is_told()
    {
        var time = new ManualTime();
        await using var gateway = await GatewayUnderTest.StartAsync(kafka, new GatewayLimits { EventsPerSecondPerToken = 10, MaxEventsPerRequest = 20 }, time: time);

        (await gateway.SendAsync(Json.Plain(20), Plain)).Status.ShouldBe(200);
        var refused = await gateway.SendAsync(Json.Plain(15, "f"), Plain);
        (refused.Status, refused.Code, refused.RetryAfter).ShouldBe((429, "too-many-events", TimeSpan.FromSeconds(2)));
        time.Advance(TimeSpan.FromSeconds(1.5));
        (await gateway.SendAsync(Json.Plain(15, "f"), Plain)).Status.ShouldBe(200);

        gateway.OnTopic().Length.ShouldBe(35);
    }

    [Fact]
    public async Task A_full_queue_is_answered_503_and_nothing_of_the_request_is_sent()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka, new GatewayLimits { MaxEventsPerRequest = 10 }, static options => options with { MaxQueuedEvents = 10 });
        kafka.Hold();
        var first = gateway.SendAsync(Json.Plain(8), Plain);
        await gateway.UntilAsync(() => Task.FromResult(gateway.Queued == 8));

        var refused = await gateway.SendAsync(Json.Plain(3, "f"), Plain);
        (refused.Status, refused.Code, refused.RetryAfter).ShouldBe((503, "queue-full", TimeSpan.FromSeconds(2)));
        kafka.Release();
        (await first).Status.ShouldBe(200);
        (await gateway.SendAsync(Json.Plain(3, "f"), Plain)).Status.ShouldBe(200);

        gateway.OnTopic().Select(static usage => usage.Id).Count(static id => id.StartsWith('f')).ShouldBe(3);
    }

    [Fact]
    public async Task While_Kafka_is_away_nothing_is_acknowledged_and_what_is_sent_again_is_taken_when_it_is_back()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka, producing: static options => options with { DeliveryTimeout = TimeSpan.FromSeconds(1) });
        (await gateway.SendAsync(Json.Plain("e0"), Plain)).Status.ShouldBe(200);
        (await gateway.ReadyAsync()).ShouldBe(200);
        await kafka.StopAsync();

        var unconfirmed = await gateway.SendAsync($"[{Json.Plain("e1")},{Json.Plain("", "")}]", Plain);
        (unconfirmed.Status, unconfirmed.RetryAfter).ShouldBe((503, TimeSpan.FromSeconds(2)));
        unconfirmed.Codes.ShouldBe(["unconfirmed", "missing-id"]);
        unconfirmed.Body.ToString().ShouldNotContain("127.0.0.1");
        (await gateway.SendAsync(Json.Plain("e1"), Plain)).Code.ShouldBe("kafka-away");
        await gateway.UntilAsync(async () => await gateway.ReadyAsync() == 503);
        gateway.Log.ShouldContain(static line => line.Contains("did not acknowledge 1 of 2 events of token 'everyone'"));

        await kafka.StartAsync();
        await gateway.UntilAsync(async () => (await gateway.SendAsync(Json.Plain("e1"), Plain)).Status == 200);
        await gateway.UntilAsync(async () => await gateway.ReadyAsync() == 200);
        gateway.OnTopic().Select(static usage => usage.Id).Distinct().ShouldBe(["e0", "e1"]);
    }

    [Fact]
    public async Task A_gateway_that_is_stopped_ends_what_was_begun_and_takes_nothing_new()
    {
        await using var gateway = await GatewayUnderTest.StartAsync(kafka);
        kafka.Hold();
        var begun = gateway.SendAsync(Json.Plain("e1"), Plain);
        await gateway.UntilAsync(() => Task.FromResult(gateway.Server.ActiveRequests == 1));

        var stopping = gateway.Server.StopAsync(TestContext.Current.CancellationToken);
        kafka.Release();

        (await begun).Status.ShouldBe(200);
        await stopping;
        await Should.ThrowAsync<HttpRequestException>(() => gateway.SendAsync(Json.Plain("e2"), Plain));
        gateway.OnTopic().ShouldHaveSingleItem().Id.ShouldBe("e1");
    }
}
