namespace UsageStreams.Gateway;

/// <summary>Name by which a gateway is observed, for <c>AddMeter</c> of OpenTelemetry. What there is to see is in docs/gateway.md.</summary>
public static class GatewayTelemetry
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "UsageStreams.Gateway";
}
