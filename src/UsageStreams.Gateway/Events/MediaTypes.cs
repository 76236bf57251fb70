namespace UsageStreams.Gateway.Events;

/// <summary>The content types that the gateway takes.</summary>
internal static class MediaTypes
{
    public const string Plain = "application/json";
    public const string Lines = "application/x-ndjson";
    public const string CloudEvent = "application/cloudevents+json";
    public const string CloudEventBatch = "application/cloudevents-batch+json";
    public const string Problem = "application/problem+json";

    public const string CloudEventPrefix = "application/cloudevents";

    /// <summary>Other names for lines of JSON.</summary>
    public static readonly string[] OtherLines = ["application/jsonl", "application/ndjson", "application/json-lines"];
}
