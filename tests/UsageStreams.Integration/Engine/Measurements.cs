using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using UsageStreams.Streams;

namespace UsageStreams.Integration.Engine;

/// <summary>Listens to the engine's meter, for one application of the many that the tests run.</summary>
internal sealed class Measurements : IDisposable
{
    private const string Prefix = "usagestreams.streams.";
    private readonly string _application;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, string> _attributes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly List<(string Name, double Value, Dictionary<string, object?> Tags)> _round = [];

    public Measurements(string application)
    {
        _application = application;
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == StreamsTelemetry.MeterName)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument.Name, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument.Name, value, tags));
        _listener.Start();
    }

    /// <summary>Names of the attributes that came with each instrument, in order.</summary>
    public IReadOnlyDictionary<string, string> AttributesByInstrument => _attributes;

    /// <summary>How often an instrument measured.</summary>
    public int Count(string instrument) => _counts.GetValueOrDefault(instrument);

    /// <summary>The sum of what an observable instrument measures now, where an attribute has a value; null when it measures nothing.</summary>
    public double? Sum(string instrument, string? attribute = null, string? value = null)
    {
        lock (_round)
        {
            _round.Clear();
            _listener.RecordObservableInstruments();
            double[] values = [.. _round
                .Where(m => m.Name == instrument && (attribute is null || (m.Tags.TryGetValue(attribute, out object? found) && (string?)found == value)))
                .Select(static m => m.Value)];
            return values.Length == 0 ? null : values.Sum();
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Take(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var all = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (KeyValuePair<string, object?> tag in tags)
            all.Add(tag.Key, tag.Value);
        if ((string?)all.GetValueOrDefault("usagestreams.application") != _application)
            return;
        string instrument = name[Prefix.Length..];
        _attributes[instrument] = string.Join(' ', all.Keys.Order(StringComparer.Ordinal));
        _counts.AddOrUpdate(instrument, 1, static (_, count) => count + 1);
        lock (_round)
            _round.Add((instrument, value, all));
    }
}
