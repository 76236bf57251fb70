namespace UsageStreams.Chaos.Report;

/// <summary>What the workers' logs tell of the groups they are in.</summary>
/// <param name="Assigned">How often a thread was assigned partitions.</param>
/// <param name="Revoked">How often one gave partitions back.</param>
/// <param name="Lost">How often one lost partitions without being asked.</param>
/// <param name="Recoveries">How often one began anew after a failed or unknown transaction.</param>
internal sealed record LogCounts(int Assigned, int Revoked, int Lost, int Recoveries)
{
    public static LogCounts Of(IEnumerable<string> files)
    {
        var counts = new LogCounts(0, 0, 0, 0);
        foreach (var line in files.SelectMany(File.ReadLines))
        {
            if (line.Contains(" was assigned ", StringComparison.Ordinal))
                counts = counts with { Assigned = counts.Assigned + 1 };
            else if (line.Contains(" gives back ", StringComparison.Ordinal))
                counts = counts with { Revoked = counts.Revoked + 1 };
            else if (line.Contains("the group no longer counts it as a member", StringComparison.Ordinal))
                counts = counts with { Lost = counts.Lost + 1 };
            else if (line.Contains(" begins anew in ", StringComparison.Ordinal))
                counts = counts with { Recoveries = counts.Recoveries + 1 };
        }

        return counts;
    }
}
