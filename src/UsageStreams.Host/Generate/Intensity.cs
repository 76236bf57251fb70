namespace UsageStreams.Host.Generate;

/// <summary>How much traffic there is at a moment of event time: days and nights in the tenants' zones, and bursts.</summary>
internal sealed class Intensity
{
    private const int MaxBuckets = 200_000;
    private static readonly TimeSpan LongestBurst = TimeSpan.FromMinutes(10);

    private readonly double[] _cumulative;
    private readonly TimeSpan _bucket;
    private readonly GenerateOptions _options;
    private readonly List<Burst> _bursts = [];

    public Intensity(GenerateOptions options, Xoshiro random)
    {
        _options = options;
        _bucket = TimeSpan.FromTicks(Math.Max(TimeSpan.FromMinutes(1).Ticks, options.Span.Ticks / MaxBuckets));
        PlanBursts(random);
        _cumulative = new double[(int)Math.Ceiling(options.Span / _bucket)];
        var sum = 0.0;
        for (var index = 0; index < _cumulative.Length; index++)
        {
            var time = options.From + (_bucket * index);
            sum += OfAllZones(time) * (BurstAt(time) is null ? 1 : 2);
            _cumulative[index] = sum;
        }
    }

    /// <summary>The moment by which the given share of all traffic has come.</summary>
    public DateTimeOffset TimeAt(double share)
    {
        var target = share * _cumulative[^1];
        var at = Array.BinarySearch(_cumulative, target);
        at = Math.Min(at < 0 ? ~at : at + 1, _cumulative.Length - 1);
        var before = at == 0 ? 0 : _cumulative[at - 1];
        var within = _cumulative[at] > before ? (target - before) / (_cumulative[at] - before) : 0;
        var time = _options.From + (_bucket * (at + Math.Clamp(within, 0, 1)));
        var last = _options.From + _options.Span - TimeSpan.FromMilliseconds(1);
        return time > last ? last : time;
    }

    /// <summary>The rank of the tenant whose burst it is at a moment, if any.</summary>
    public int? BurstAt(DateTimeOffset time)
    {
        for (var index = LastStartedBy(time); index >= 0 && _bursts[index].From > time - LongestBurst; index--)
        {
            if (time < _bursts[index].To)
                return _bursts[index].Tenant;
        }

        return null;
    }

    /// <summary>The traffic of a zone at a moment, 0 to 1: most at 14:00 local time, least at 02:00.</summary>
    public double Of(int zone, DateTimeOffset time)
    {
        var hour = (time.TimeOfDay.TotalHours + TenantPool.ZoneOffsets[zone] + 24) % 24;
        return 1 - (_options.Nights * (0.5 - (0.5 * Math.Cos((hour - 14) / 24 * 2 * Math.PI))));
    }

    private double OfAllZones(DateTimeOffset time)
    {
        var sum = 0.0;
        for (var zone = 0; zone < TenantPool.ZoneOffsets.Length; zone++)
            sum += Of(zone, time);
        // A night of all zones at once still advances time.
        return Math.Max(sum, 1e-6);
    }

    private void PlanBursts(Xoshiro random)
    {
        var count = (int)Math.Round(_options.BurstsPerDay * _options.Span.TotalDays);
        for (var index = 0; index < count; index++)
        {
            var from = _options.From + (_options.Span * random.NextDouble());
            var length = TimeSpan.FromMinutes(2 + (8 * random.NextDouble()));
            _bursts.Add(new Burst(from, from + length, random.NextInt(_options.Tenants)));
        }

        _bursts.Sort(static (one, other) => one.From.CompareTo(other.From));
    }

    private int LastStartedBy(DateTimeOffset time)
    {
        var (low, high) = (0, _bursts.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_bursts[middle].From <= time)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }

    private sealed record Burst(DateTimeOffset From, DateTimeOffset To, int Tenant);
}
