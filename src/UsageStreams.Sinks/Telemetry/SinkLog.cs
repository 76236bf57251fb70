using Microsoft.Extensions.Logging;

namespace UsageStreams.Sinks.Telemetry;

/// <summary>What the sinks log; event ids 4000 to 4099.</summary>
internal static partial class SinkLog
{
    [LoggerMessage(4000, LogLevel.Information, "Sink {System} reads {Topic} as group {Group}, instance {Instance}")]
    public static partial void Started(ILogger logger, string system, string topic, string group, string? instance);

    [LoggerMessage(4001, LogLevel.Information, "Sink {System} stopped")]
    public static partial void Stopped(ILogger logger, string system);

    [LoggerMessage(4002, LogLevel.Error, "Sink {System} lost its Kafka clients and makes new ones after {Delay}; what was delivered without a receipt is delivered again")]
    public static partial void Reconnects(ILogger logger, Exception error, string system, TimeSpan delay);

    [LoggerMessage(4003, LogLevel.Debug, "Sink {System} committed {Accepted} accepted, {Refused} refused of {Records} records")]
    public static partial void Committed(ILogger logger, string system, int accepted, int refused, int records);

    [LoggerMessage(4004, LogLevel.Warning, "Sink {System}: document {Document} of account {Account} is refused: {Error}")]
    public static partial void Refused(ILogger logger, string system, string document, string account, string? error);

    [LoggerMessage(4005, LogLevel.Warning, "Sink {System}: attempt {Attempt} failed, next in {Delay}: {Error}")]
    public static partial void Repeats(ILogger logger, string system, int attempt, TimeSpan delay, string? error);

    [LoggerMessage(4006, LogLevel.Debug, "Sink {System} is throttled; {Limit} calls at once from now")]
    public static partial void Throttled(ILogger logger, string system, int limit);

    [LoggerMessage(4007, LogLevel.Warning, "Sink {System} is left alone for {Duration}: most attempts failed")]
    public static partial void Opened(ILogger logger, string system, TimeSpan duration);

    [LoggerMessage(4008, LogLevel.Information, "Sink {System} works again")]
    public static partial void Closed(ILogger logger, string system);

    [LoggerMessage(4009, LogLevel.Information, "Sink {System} gave up {Records} records of partitions that moved to another worker, which delivers them")]
    public static partial void Moved(ILogger logger, string system, int records);

    [LoggerMessage(4010, LogLevel.Warning, "Sink {System}: Kafka client in trouble: {Reason}")]
    public static partial void KafkaTrouble(ILogger logger, string system, string reason);

    [LoggerMessage(4011, LogLevel.Debug, "Sink {System}: {Message}")]
    public static partial void Kafka(ILogger logger, string system, string message);
}
