using System.Diagnostics.Metrics;
using UsageStreams.Gateway.Events;

namespace UsageStreams.Gateway;

/// <summary>The instruments of one gateway.</summary>
internal sealed class GatewayMetrics : IDisposable
{
    private readonly Meter _meter = new(GatewayTelemetry.MeterName);
    private readonly Counter<long> _events;
    private readonly Counter<long> _problems;
    private readonly Histogram<double> _duration;
    private readonly Histogram<int> _size;
    private int _active;

    public GatewayMetrics()
    {
        _events = _meter.CreateCounter<long>("usagestreams.gateway.events", "{event}", "Events that were answered: accepted, refused, unconfirmed.");
        _problems = _meter.CreateCounter<long>("usagestreams.gateway.problems", "{request}", "Requests that were not taken as a whole.");
        _duration = _meter.CreateHistogram<double>("usagestreams.gateway.request.duration", "s", "Time from the request's headers to its answer.");
        _size = _meter.CreateHistogram<int>("usagestreams.gateway.request.events", "{event}", "Events of a request that was taken.");
        _meter.CreateObservableUpDownCounter("usagestreams.gateway.requests.active", () => Active, "{request}", "Requests that are worked on.");
    }

    public int Active => Volatile.Read(ref _active);

    public int Begin() => Interlocked.Increment(ref _active);

    public void End(int status, TimeSpan took)
    {
        Interlocked.Decrement(ref _active);
        _duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("http.response.status_code", status));
    }

    public void Problem(string code) => _problems.Add(1, new KeyValuePair<string, object?>("error.type", code));

    public void Answered(EventsAnswer answer, string token)
    {
        _size.Record(answer.Results.Count);
        var name = new KeyValuePair<string, object?>("usagestreams.token", token);
        if (answer.Accepted > 0)
            _events.Add(answer.Accepted, name, new("usagestreams.outcome", "accepted"));
        if (answer.Accepted == answer.Results.Count)
            return;
        foreach (var result in answer.Results)
        {
            if (result.Code is not null)
                _events.Add(1, name, new("usagestreams.outcome", result.Status), new("error.type", result.Code));
        }
    }

    public void Dispose() => _meter.Dispose();
}
