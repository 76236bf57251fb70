using Microsoft.Extensions.Logging;

namespace UsageStreams.Host.Machine;

/// <summary>Logs as lines on stderr, as everything that is no result.</summary>
internal static class HostLog
{
    /// <summary>A logger factory.</summary>
    /// <param name="least">What is less important than this is not told.</param>
    public static ILoggerFactory Create(LogLevel least = LogLevel.Information) => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(least)
        .AddSimpleConsole(static options =>
        {
            options.SingleLine = true;
            options.TimestampFormat = "HH:mm:ss.fff ";
            options.UseUtcTimestamp = true;
        })
        .AddConsole(static options => options.LogToStandardErrorThreshold = LogLevel.Trace));
}
