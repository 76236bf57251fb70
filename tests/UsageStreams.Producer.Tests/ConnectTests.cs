using System.Diagnostics.Metrics;
using UsageStreams.Avro.Registry;
using UsageStreams.Producer.Tests.Support;

namespace UsageStreams.Producer.Tests;

public sealed class ConnectTests(TestKafka kafka) : IClassFixture<TestKafka>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_that_is_wrong_with_the_options_is_told_at_once_without_secrets()
    {
        var options = kafka.Options("events") with
        {
            MaxQueuedEvents = 0, DeliveryTimeout = TimeSpan.Zero, Linger = TimeSpan.FromSeconds(2),
            Settings = new Dictionary<string, string> { ["ACKS"] = "0", ["sasl.password"] = "secret-word" },
        };

        var fault = await Should.ThrowAsync<UsageProducerException>(() => UsageProducer.ConnectAsync(options, _cancellation));

        foreach (var name in (string[])["MaxQueuedEvents is 0", "DeliveryTimeout is 00:00:00", "Linger", "ACKS"])
            fault.Message.ShouldContain(name);
        (fault.Message + options).ShouldNotContain("secret-word");
    }

    [Fact]
    public async Task A_topic_that_is_not_there_is_not_made_by_chance()
    {
        var fault = await Should.ThrowAsync<UsageProducerException>(() => UsageProducer.ConnectAsync(kafka.Options("no-such-topic"), _cancellation));

        fault.Message.ShouldContain("no topic no-such-topic");
        fault.Message.ShouldContain("usagestreams topics create");
        await Should.ThrowAsync<UsageProducerException>(() => UsageProducer.ConnectAsync(kafka.Options("no-such-topic"), _cancellation));
    }

    [Fact]
    public async Task A_registry_that_is_not_there_is_told_by_its_address()
    {
        var options = kafka.Options("events") with
        {
            Registry = new Uri("http://127.0.0.1:1"), RegistryOptions = new SchemaRegistryOptions { Attempts = 1 },
        };

        (await Should.ThrowAsync<SchemaRegistryException>(() => UsageProducer.ConnectAsync(options, _cancellation))).Message.ShouldContain("127.0.0.1:1");
    }

    [Fact]
    public async Task What_becomes_of_events_is_measured()
    {
        var topic = await kafka.CreateTopicAsync();
        var counts = new System.Collections.Concurrent.ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener { InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == ProducerTelemetry.MeterName)
                listener.EnableMeasurementEvents(instrument);
        } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var outcome = "";
            var ours = false;
            foreach (var tag in tags)
            {
                outcome = tag.Key == "usagestreams.outcome" ? (string)tag.Value! : outcome;
                ours |= tag.Key == "messaging.destination.name" && (string)tag.Value! == topic;
            }

            if (ours)
                counts.AddOrUpdate($"{instrument.Name} {outcome}", value, (_, before) => before + value);
        });
        listener.Start();
        await using var producer = await kafka.ConnectAsync(topic);

        await producer.PublishAsync(Events.Of("e1"), cancellationToken: _cancellation);
        await producer.PublishAsync(Events.Of("e2"), cancellationToken: _cancellation);
        await Should.ThrowAsync<InvalidUsageEventException>(() => producer.PublishAsync(Events.Of(""), cancellationToken: _cancellation));

        counts["usagestreams.producer.events acknowledged"].ShouldBe(2);
        counts["usagestreams.producer.events refused"].ShouldBe(1);
    }
}
