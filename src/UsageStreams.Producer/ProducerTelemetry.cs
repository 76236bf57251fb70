namespace UsageStreams.Producer;

/// <summary>Name by which producers are observed, for <c>AddMeter</c> of OpenTelemetry. What there is to see is in docs/gateway.md.</summary>
public static class ProducerTelemetry
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "UsageStreams.Producer";
}
