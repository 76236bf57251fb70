namespace UsageStreams.Streams.Internal.Telemetry;

/// <summary>Names of attributes: OpenTelemetry's where there is one.</summary>
internal static class TelemetryNames
{
    public const string Application = "usagestreams.application";
    public const string Thread = "messaging.client.id";
    public const string Task = "usagestreams.task";
    public const string Store = "usagestreams.store";
    public const string Upstream = "usagestreams.upstream";
    public const string Node = "usagestreams.node";
    public const string SideOutput = "usagestreams.side_output";
    public const string State = "usagestreams.state";
    public const string Event = "usagestreams.event";
    public const string Partitions = "usagestreams.partitions";
    public const string Records = "usagestreams.records";
    public const string Kind = "usagestreams.fault.kind";
    public const string Decision = "usagestreams.fault.decision";
}
