namespace UsageStreams.Streams;

/// <summary>
/// Names by which an application is observed, for <c>AddMeter</c> and <c>AddSource</c> of OpenTelemetry. What there is to see is in docs/metrics.md.
/// </summary>
public static class StreamsTelemetry
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "UsageStreams.Streams";

    /// <summary>Name of the source of traces: commits, rebalances, restores, and records that carry a sampled <c>traceparent</c>.</summary>
    public const string ActivitySourceName = "UsageStreams.Streams";
}
