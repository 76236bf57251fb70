namespace UsageStreams.Chaos.Report;

/// <summary>What the workers' logs tell of the groups they are in.</summary>
/// <param name="Assigned">How often a thread was assigned partitions.</param>
/// <param name="Revoked">How often one gave partitions back.</param>
/// <param name="Lost">How often one lost partitions without being asked.</param>
/// <param name="Recoveries">How often one began anew after a failed or unknown transaction.</param>
/// <param name="FromDisk">How often a task went on from its state on disk.</param>
/// <param name="Distrusted">How often what was on disk was not believed, and restored from Kafka.</param>
internal sealed record LogCounts(int Assigned, int Revoked, int Lost, int Recoveries, int FromDisk, int Distrusted)
{
    public static LogCounts Of(IEnumerable<string> files)
    {
        var counts = new LogCounts(0, 0, 0, 0, 0, 0);
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
            else if (line.Contains(" has its state on disk;", StringComparison.Ordinal))
                counts = counts with { FromDisk = counts.FromDisk + 1 };
            else if (line.Contains(" does not use its state on disk ", StringComparison.Ordinal))
                counts = counts with { Distrusted = counts.Distrusted + 1 };
        }

        return counts;
    }
}
