using UsageStreams.Model;

namespace UsageStreams.Topology.Tests.Metering;

/// <summary>The oracle of a window: all events of each contributor (a tenant, by partition), booked and actual, counted anew at every question. It shares nothing with the books but the sample.</summary>
internal sealed class NaiveWindow(Aggregation aggregation, long start, long length)
{
    private readonly Dictionary<string, List<Sample>> _booked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Sample>> _actual = new(StringComparer.Ordinal);

    public decimal Booked => Quantity(_booked);

    public decimal Actual => Quantity(_actual);

    public IEnumerable<Sample> BookedEvents => _booked.Values.SelectMany(samples => samples);

    public IEnumerable<Sample> ActualEvents => _actual.Values.SelectMany(samples => samples);

    public IReadOnlyList<Sample> ActualOf(string contributor) => _actual.GetValueOrDefault(contributor, []);

    public void More(string contributor, IReadOnlyList<Sample> samples, bool adjusts)
    {
        if (!adjusts) _booked[contributor] = [.. _booked.GetValueOrDefault(contributor, []), .. samples];
        _actual[contributor] = [.. _actual.GetValueOrDefault(contributor, []), .. samples];
    }

    public void Instead(string contributor, IReadOnlyList<Sample> samples, bool adjusts)
    {
        if (!adjusts) _booked[contributor] = [.. samples];
        _actual[contributor] = [.. samples];
    }

    private decimal Quantity(Dictionary<string, List<Sample>> contributors)
    {
        var all = contributors.Values.SelectMany(samples => samples).ToList();
        if (all.Count == 0) return 0;
        return aggregation switch
        {
            Aggregation.Sum => all.Sum(sample => sample.Value),
            Aggregation.Count => all.Count,
            Aggregation.Max => all.Max(sample => sample.Value),
            Aggregation.Min => all.Min(sample => sample.Value),
            Aggregation.Last => all.OrderBy(sample => sample.Time).ThenBy(sample => sample.Identity.Value).Last().Value,
            Aggregation.Unique => all.Select(sample => sample.Member).Distinct(StringComparer.Ordinal).Count(),
            _ => Math.Round(contributors.Values.Sum(Held) / length, 9, MidpointRounding.AwayFromZero),
        };
    }

    private decimal Held(List<Sample> samples)
    {
        var points = samples.OrderBy(sample => sample.Time).ThenBy(sample => sample.Identity.Value).ToList();
        return points.Select((point, i) => point.Value * ((i + 1 < points.Count ? points[i + 1].Time : start + length) - point.Time)).Sum();
    }
}
