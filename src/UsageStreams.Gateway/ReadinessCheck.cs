using UsageStreams.Gateway.Events;
using UsageStreams.Producer;

namespace UsageStreams.Gateway;

/// <summary>Whether events can be taken now: Kafka answers for the topic, and the gateway is not being stopped. Kafka is asked once a second at most, however many ask.</summary>
internal sealed class ReadinessCheck(UsageProducer producer, EventsEndpoint events, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Task<string?>? _probe;
    private long _probed;

    public async Task<Readiness> LookAsync()
    {
        if (events.IsDraining)
            return new Readiness(false, ["The gateway is being stopped."]);
        var fault = await Probe();
        // The addresses of brokers are nobody's business who has no token; the log of whoever runs it tells them.
        return fault is null ? new Readiness(true, []) : new Readiness(false, ["Kafka does not answer for the topic of the events."]);
    }

    private Task<string?> Probe()
    {
        lock (_gate)
        {
            if (_probe is null || (_probe.IsCompleted && time.GetElapsedTime(_probed) >= Interval))
            {
                _probed = time.GetTimestamp();
                _probe = producer.ProbeAsync(ProbeLimit);
            }

            return _probe;
        }
    }
}
