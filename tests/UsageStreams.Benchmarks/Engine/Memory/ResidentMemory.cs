namespace UsageStreams.Benchmarks.Engine.Memory;

/// <summary>Samples of a process's resident memory, at equal distances.</summary>
internal sealed class ResidentMemory
{
    private const double Mega = 1 << 20;
    private readonly List<(double Hours, double Bytes)> _samples = [];

    public void Add(TimeSpan at, long bytes) => _samples.Add((at.TotalHours, bytes));

    public double MaxMegabytes => _samples.Max(static sample => sample.Bytes) / Mega;

    public double LastMegabytes => _samples[^1].Bytes / Mega;

    /// <summary>This process's resident bytes without garbage, and without what the collector keeps for garbage to come.</summary>
    public static long WithoutGarbage()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet;
    }

    /// <summary>By least squares over the second half, when everything is as large as it gets: MiB per hour.</summary>
    public double Slope
    {
        get
        {
            List<(double Hours, double Bytes)> half = [.. _samples.Skip(_samples.Count / 2)];
            var (x, y) = (half.Average(static sample => sample.Hours), half.Average(static sample => sample.Bytes));
            return half.Sum(sample => (sample.Hours - x) * (sample.Bytes - y)) / half.Sum(sample => (sample.Hours - x) * (sample.Hours - x)) / Mega;
        }
    }
}
