using UsageStreams.Embedded.Protocol;
using UsageStreams.Producer.Tests.Support;

namespace UsageStreams.Producer.Tests;

public sealed class FaultTests(FaultyKafka kafka) : IClassFixture<FaultyKafka>
{
    private const ErrorCode NotEnoughReplicas = (ErrorCode)19;

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broker_that_refuses_for_a_while_or_loses_answers_has_the_event_once()
    {
        var topic = await kafka.CreateTopicAsync(partitions: 1);
        await using var producer = await kafka.ConnectAsync(topic);
        foreach (var fault in (ErrorCode?[])[NotEnoughReplicas, NotEnoughReplicas, null, NotEnoughReplicas, null])
            kafka.Faults.Enqueue(fault);

        for (var i = 0; i < 10; i++)
            await producer.PublishAsync(Events.Of($"e{i}"), cancellationToken: _cancellation);

        kafka.Faults.ShouldBeEmpty();
        kafka.Read(topic).Select(record => kafka.Decode(record.Message.Value).Id).ShouldBe(Enumerable.Range(0, 10).Select(static i => $"e{i}"));
    }

    [Fact]
    public async Task A_client_that_can_not_go_on_is_replaced_and_the_event_is_published_again_by_its_id()
    {
        var topic = await kafka.CreateTopicAsync(partitions: 1);
        await using var producer = await kafka.ConnectAsync(topic);
        await producer.PublishAsync(Events.Of("e0"), cancellationToken: _cancellation);
        kafka.Faults.Enqueue(ErrorCode.OutOfOrderSequenceNumber);

        var failure = await Should.ThrowAsync<UsageDeliveryException>(() => producer.PublishAsync(Events.Of("e1"), cancellationToken: _cancellation));
        failure.Message.ShouldContain("publish it again with the same id");
        await producer.PublishAsync(Events.Of("e1"), cancellationToken: _cancellation);

        kafka.Read(topic).Select(record => kafka.Decode(record.Message.Value).Id).ShouldBe(["e0", "e1"]);
    }

    [Fact]
    public async Task A_broker_that_is_away_fails_the_event_in_time_and_takes_it_when_it_is_back()
    {
        var topic = await kafka.CreateTopicAsync(partitions: 1);
        await using var producer = await UsageProducer.ConnectAsync(kafka.Options(topic) with { DeliveryTimeout = TimeSpan.FromSeconds(1) }, _cancellation);
        await producer.PublishAsync(Events.Of("e0"), cancellationToken: _cancellation);
        await kafka.StopAsync();

        var failure = await Should.ThrowAsync<UsageDeliveryException>(() => producer.PublishAsync(Events.Of("e1"), cancellationToken: _cancellation));
        failure.Code.ShouldBe("Local_MsgTimedOut");
        failure.Message.ShouldContain(kafka.Bootstrap);
        (await producer.ProbeAsync(TimeSpan.FromMilliseconds(300), _cancellation)).ShouldNotBeNull().ShouldContain("No Kafka broker answers");
        producer.Queued.ShouldBe(0);

        await kafka.StartAsync();
        await UntilAsync(async () => await producer.ProbeAsync(TimeSpan.FromSeconds(5), _cancellation) is null);
        await PublishUntilTakenAsync(producer, "e1");
        kafka.Read(topic).Select(record => kafka.Decode(record.Message.Value).Id).Distinct().ShouldBe(["e0", "e1"]);
    }

    [Fact]
    public async Task Who_publishes_while_the_queue_is_full_waits_and_who_must_not_wait_is_told()
    {
        var topic = await kafka.CreateTopicAsync(partitions: 1);
        await using var producer = await UsageProducer.ConnectAsync(kafka.Options(topic) with { MaxQueuedEvents = 3 }, _cancellation);
        producer.TryPrepare(Events.Of("e9"), null, out var prepared, out _).ShouldBeTrue();
        kafka.Hold();
        List<Task<UsageDelivery>> deliveries = [];
        for (var i = 0; i < 3; i++)
            deliveries.Add(await producer.EnqueueAsync(Events.Of($"e{i}"), cancellationToken: _cancellation));

        var fourth = producer.EnqueueAsync(Events.Of("e3"), cancellationToken: _cancellation).AsTask();
        using var impatient = new CancellationTokenSource();
        var fifth = producer.EnqueueAsync(Events.Of("e4"), cancellationToken: impatient.Token).AsTask();
        fourth.IsCompleted.ShouldBeFalse();
        producer.TrySend([prepared], out _).ShouldBeFalse();
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => fifth);
        kafka.Release();

        deliveries.Add(await fourth);
        await Task.WhenAll(deliveries);
        producer.Queued.ShouldBe(0);
        producer.TrySend([prepared, prepared, prepared, prepared], out _).ShouldBeFalse();
        producer.TrySend([prepared, prepared, prepared], out var sent).ShouldBeTrue();
        await Task.WhenAll(sent);
        kafka.Read(topic).Count.ShouldBe(7);
    }

    // The first connection after a restart may still be the old one, which the client finds closed.
    private async Task PublishUntilTakenAsync(UsageProducer producer, string id) => await UntilAsync(async () =>
    {
        try
        {
            await producer.PublishAsync(Events.Of(id), cancellationToken: _cancellation);
            return true;
        }
        catch (UsageDeliveryException)
        {
            return false;
        }
    });

    private async Task UntilAsync(Func<Task<bool>> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(60), "the broker did not come back");
            await Task.Delay(50, _cancellation);
        }
    }
}
