namespace UsageStreams.Model;

/// <summary>Names a window of the ledger.</summary>
/// <param name="Account">The customer.</param>
/// <param name="Contract">The contract in force.</param>
/// <param name="Metric">Metric code.</param>
/// <param name="Version">Metric version.</param>
/// <param name="Start">First instant of the window, Unix milliseconds.</param>
public readonly record struct WindowKey(string Account, string Contract, string Metric, int Version, long Start)
{
    /// <summary>The id of the window's entry with a revision: the same entry written twice has the same id.</summary>
    public string EntryId(int revision) =>
        $"{Account}/{Contract}/{Metric}@{Version}/{DateTimeOffset.FromUnixTimeMilliseconds(Start):yyyyMMdd'T'HHmm}/{revision}";
}
