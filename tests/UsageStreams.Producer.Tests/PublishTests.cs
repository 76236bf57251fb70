using System.Diagnostics;
using UsageStreams.Avro.Registry;
using UsageStreams.Model;
using Trace = UsageStreams.Model.Trace;
using UsageStreams.Producer.Tests.Support;

namespace UsageStreams.Producer.Tests;

public sealed class PublishTests(TestKafka kafka) : IClassFixture<TestKafka>
{
    private const string Given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static readonly Dictionary<string, string> None = [];

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_stands_under_its_tenant_in_the_registered_schema_with_its_headers()
    {
        var topic = await kafka.CreateTopicAsync();
        await using var producer = await kafka.ConnectAsync(topic);

        var delivery = await producer.PublishAsync(Events.Of("e1"), Given, _cancellation);

        var record = kafka.Read(topic).ShouldHaveSingleItem();
        delivery.ShouldBe(new UsageDelivery(topic, record.Partition.Value, record.Offset.Value));
        record.Message.Key.ShouldBe("acme");
        using var registry = new SchemaRegistryClient(kafka.Registry);
        WireFormat.ReadSchemaId(record.Message.Value).ShouldBe(registry.GetLatest(topic + "-value", _cancellation)!.Id);
        var read = kafka.Decode(record.Message.Value);
        (read with { Properties = None }).ShouldBe(Events.Of("e1") with { Properties = None });
        read.Properties.ShouldBe(Events.Of("e1").Properties, ignoreOrder: true);
        TestKafka.Header(record, "correlation-id").ShouldBe("request-e1");
        TestKafka.Header(record, "traceparent").ShouldBe(Given);
    }

    [Fact]
    public async Task Without_a_trace_context_it_is_that_of_the_activity_and_else_computed()
    {
        var topic = await kafka.CreateTopicAsync(partitions: 1);
        await using var producer = await kafka.ConnectAsync(topic);

        await producer.PublishAsync(Events.Of("e1") with { CorrelationId = null }, cancellationToken: _cancellation);
        await producer.PublishAsync(Events.Of("e2"), "not a trace context", _cancellation);
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        await producer.PublishAsync(Events.Of("e3"), cancellationToken: _cancellation);
        activity.Stop();

        var records = kafka.Read(topic);
        TestKafka.Header(records[0], "traceparent").ShouldBe(Trace.TraceparentOf("shop", "e1"));
        TestKafka.Header(records[0], "correlation-id").ShouldBe("shop/e1");
        TestKafka.Header(records[1], "traceparent").ShouldBe(Trace.TraceparentOf("shop", "e2"));
        TestKafka.Header(records[2], "traceparent").ShouldBe(activity.Id);
    }

    [Fact]
    public async Task All_events_of_a_tenant_stand_in_one_partition_whoever_sends_them()
    {
        var topic = await kafka.CreateTopicAsync(partitions: 7);
        await using var first = await kafka.ConnectAsync(topic);
        await using var second = await kafka.ConnectAsync(topic);

        for (var tenant = 0; tenant < 30; tenant++)
        {
            var one = await first.PublishAsync(Events.Of("a", $"tenant-{tenant}"), cancellationToken: _cancellation);
            (await second.PublishAsync(Events.Of("b", $"tenant-{tenant}"), cancellationToken: _cancellation)).Partition.ShouldBe(one.Partition);
        }

        kafka.Read(topic).Select(static record => record.Partition.Value).Distinct().Count().ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task The_same_event_is_the_same_bytes_in_whatever_order_its_properties_came()
    {
        var topic = await kafka.CreateTopicAsync(partitions: 1);
        await using var producer = await kafka.ConnectAsync(topic);

        await producer.PublishAsync(Events.Of("e1") with { Properties = new Dictionary<string, string> { ["b"] = "1", ["a"] = "2" } }, cancellationToken: _cancellation);
        await producer.PublishAsync(Events.Of("e1") with { Properties = new Dictionary<string, string> { ["a"] = "2", ["b"] = "1" } }, cancellationToken: _cancellation);

        var records = kafka.Read(topic);
        records[0].Message.Value.ShouldBe(records[1].Message.Value);
    }

    [Fact]
    public async Task What_metering_would_reject_is_refused_before_it_is_sent_with_the_same_code()
    {
        var topic = await kafka.CreateTopicAsync();
        await using var producer = await kafka.ConnectAsync(topic);
        async Task<string> Code(UsageEvent usage) =>
            (await Should.ThrowAsync<InvalidUsageEventException>(() => producer.PublishAsync(usage, cancellationToken: _cancellation))).Fault.Code;

        (await Code(Events.Of(""))).ShouldBe("missing-id");
        (await Code(Events.Of("e1", tenant: ""))).ShouldBe("missing-tenant");
        (await Code(Events.Of("e1") with { Quantity = -1 })).ShouldBe("negative-quantity");
        (await Code(Events.Of("e1") with { Time = TimeProvider.System.GetUtcNow().AddHours(2) })).ShouldBe("future-event");
        (await Code(Events.Of("\ud800"))).ShouldBe("unwritable");
        (await Code(Events.Of("e1") with { Quantity = 0.0000000001m })).ShouldBe("unwritable");
        (await Code(Events.Of("e1") with { User = new string('u', 2_000_000) })).ShouldBe("event-too-large");
        kafka.Read(topic).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_retraction_and_an_amendment_are_events_of_their_own()
    {
        var topic = await kafka.CreateTopicAsync(partitions: 1);
        await using var producer = await kafka.ConnectAsync(topic);
        var later = Events.Time.AddHours(3);

        await producer.RetractAsync(Events.Of("e1"), "r1", later, _cancellation);
        await producer.AmendAsync(Events.Of("a1") with { Quantity = 3 }, "e2", _cancellation);
        await Should.ThrowAsync<InvalidUsageEventException>(() => producer.RetractAsync(Events.Of("e1"), "e1", later, _cancellation));

        UsageEvent[] read = [.. kafka.Read(topic).Select(record => kafka.Decode(record.Message.Value))];
        read.Length.ShouldBe(2);
        (read[0].Id, read[0].Retracts, read[0].Amends, read[0].Time, read[0].Quantity, read[0].Tenant, read[0].Source).ShouldBe(("r1", "e1", null, later, null, "acme", "shop"));
        (read[1].Id, read[1].Retracts, read[1].Amends, read[1].Time, read[1].Quantity).ShouldBe(("a1", null, "e2", Events.Time, 3m));
    }

    [Fact]
    public async Task Disposing_it_waits_for_what_is_on_its_way()
    {
        var topic = await kafka.CreateTopicAsync();
        List<Task<UsageDelivery>> deliveries = [];
        await using (var producer = await UsageProducer.ConnectAsync(kafka.Options(topic) with { Linger = TimeSpan.FromMilliseconds(500) }, _cancellation))
        {
            for (var i = 0; i < 500; i++)
                deliveries.Add(await producer.EnqueueAsync(Events.Of($"e{i}"), cancellationToken: _cancellation));
        }

        deliveries.ShouldAllBe(static delivery => delivery.IsCompletedSuccessfully);
        kafka.Read(topic).Count.ShouldBe(500);
    }
}
