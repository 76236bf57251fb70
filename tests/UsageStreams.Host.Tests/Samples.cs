namespace UsageStreams.Host.Tests;

internal static class Samples
{
    public static string AccessLog { get; } = Path.Combine(AppContext.BaseDirectory, "samples", "access.log");
}
