namespace UsageStreams.Host.Work;

/// <summary>What a worker can run.</summary>
internal static class WorkerParts
{
    public const string Metering = "metering";
    public const string Billing = "billing";
    public const string Signals = "signals";
    public const string Sinks = "sinks";

    public static readonly string[] All = [Metering, Billing, Signals, Sinks];
}
