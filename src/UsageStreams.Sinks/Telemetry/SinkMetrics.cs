using System.Diagnostics.Metrics;

namespace UsageStreams.Sinks.Telemetry;

/// <summary>Instruments of the meter <see cref="MeterName"/>.</summary>
public static class SinkMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "UsageStreams.Sinks";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Documents = Meter.CreateCounter<long>("usagestreams.sink.documents", "{document}", "Documents decided by the remote system.");
    private static readonly Counter<long> Repetitions = Meter.CreateCounter<long>("usagestreams.sink.repetitions", "{attempt}", "Attempts made again after trouble that passes.");
    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>("usagestreams.sink.delivery.duration", "s", "From first attempt to decision, per batch.");
    private static readonly Gauge<int> Concurrency = Meter.CreateGauge<int>("usagestreams.sink.concurrency", "{call}", "Calls allowed at once.");

    internal static void Delivered(string system, bool accepted) =>
        Documents.Add(1, new("system", system), new("status", accepted ? "accepted" : "refused"));

    internal static void Repeated(string system, bool throttled) =>
        Repetitions.Add(1, new("system", system), new("cause", throttled ? "throttled" : "failed"));

    internal static void Took(string system, TimeSpan duration) => Durations.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("system", system));

    internal static void Allows(string system, int calls) => Concurrency.Record(calls, new KeyValuePair<string, object?>("system", system));
}
