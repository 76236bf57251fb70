namespace UsageStreams.Benchmarks;

/// <summary>One run of a case.</summary>
/// <param name="RecordsPerSecond">Records by wall clock.</param>
/// <param name="BytesPerRecord">Managed bytes allocated per record; null for another process.</param>
/// <param name="ChangelogBytesPerRecord">Bytes of keys and values written to changelogs per input record; null where there are no stores.</param>
internal readonly record struct Measured(double RecordsPerSecond, double? BytesPerRecord, double? ChangelogBytesPerRecord = null)
{
    /// <summary>What else the run showed, by name with unit.</summary>
    public IReadOnlyDictionary<string, double>? Figures { get; init; }
}
