namespace UsageStreams.Benchmarks;

/// <summary>Durations in milliseconds, and where most of them lie.</summary>
internal sealed class Quantiles
{
    private readonly List<double> _milliseconds = [];

    public int Count => _milliseconds.Count;

    public double Sum => _milliseconds.Sum();

    public void Add(TimeSpan duration) => _milliseconds.Add(duration.TotalMilliseconds);

    /// <summary>The smallest duration that is not exceeded by <paramref name="share"/> of all (0.99 for p99).</summary>
    public double At(double share)
    {
        if (_milliseconds.Count == 0)
            throw new InvalidOperationException("Nothing was measured.");
        List<double> sorted = [.. _milliseconds.Order()];
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
    }
}
