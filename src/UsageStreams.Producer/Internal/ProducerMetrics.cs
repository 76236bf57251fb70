using System.Diagnostics.Metrics;

namespace UsageStreams.Producer.Internal;

/// <summary>The instruments of one producer.</summary>
internal sealed class ProducerMetrics : IDisposable
{
    private readonly Meter _meter = new(ProducerTelemetry.MeterName);
    private readonly Counter<long> _events;
    private readonly Histogram<double> _duration;
    private readonly KeyValuePair<string, object?> _topic;

    public ProducerMetrics(string topic, Room room)
    {
        _topic = new("messaging.destination.name", topic);
        _events = _meter.CreateCounter<long>("usagestreams.producer.events", "{event}", "Events that ended: acknowledged, failed, or refused by a rule.");
        _duration = _meter.CreateHistogram<double>("usagestreams.producer.delivery.duration", "s", "Time from the queue to the acknowledgement.");
        _meter.CreateObservableUpDownCounter("usagestreams.producer.queue.events", () => new Measurement<long>(room.Events, _topic), "{event}", "Events on their way.");
        _meter.CreateObservableUpDownCounter("usagestreams.producer.queue.size", () => new Measurement<long>(room.Bytes, _topic), "By", "Bytes of the events on their way.");
    }

    public void Acknowledged(TimeSpan took)
    {
        _events.Add(1, _topic, new("usagestreams.outcome", "acknowledged"));
        _duration.Record(took.TotalSeconds, _topic);
    }

    public void Failed(string code) => _events.Add(1, _topic, new("usagestreams.outcome", "failed"), new("error.type", code));

    public void Refused(string code) => _events.Add(1, _topic, new("usagestreams.outcome", "refused"), new("error.type", code));

    public void Dispose() => _meter.Dispose();
}
