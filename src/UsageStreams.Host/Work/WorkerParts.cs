namespace UsageStreams.Host.Work;

/// <summary>What a worker can run.</summary>
internal static class WorkerParts
{
    public const string Metering = "metering";
    public const string Billing = "billing";
    public const string Signals = "signals";
    public const string Sinks = "sinks";

    /// <summary>Of a region only.</summary>
    public const string Export = "export";

    /// <summary>What there is without regions.</summary>
    public static readonly string[] All = [Metering, Billing, Signals, Sinks];

    /// <summary>What runs in a region; the rest runs once for all of them.</summary>
    private static readonly string[] Regional = [Metering, Export];

    /// <summary>Why parts can't run with a region, or without one; null when they can.</summary>
    public static string? Fault(IEnumerable<string> parts, string region)
    {
        var wanted = parts.ToList();
        if (region.Length == 0)
            return wanted.Contains(Export) ? "export takes a region's ledger to the global one: say which with --region." : null;
        return wanted.Find(part => !Regional.Contains(part, StringComparer.Ordinal)) is { } part
            ? $"{part} runs once for all regions: start it in a worker without --region."
            : null;
    }
}
