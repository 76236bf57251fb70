using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering.Settling;

/// <summary>
/// Forgets windows a configured time after their end, and not before the lock. The windows of an hour to be forgotten hang in a list, of which the store
/// has the first: nobody searches through all that is kept.
/// </summary>
internal sealed class WindowExpiry
{
    /// <summary>How many are forgotten between two batches, so that a commit never waits for a whole hour's windows.</summary>
    private const int AtOnce = 1_000;
    private const long Hour = 3_600_000;

    private readonly KeyValueStore<long, WindowKey> _firsts;
    private readonly long _retention;
    private readonly SortedSet<long> _hours = [];

    /// <param name="firsts">The first window of each hour to be forgotten, by the hour in Unix milliseconds.</param>
    /// <param name="retention">How long after its end a window is kept.</param>
    public WindowExpiry(KeyValueStore<long, WindowKey> firsts, TimeSpan retention)
    {
        _firsts = firsts;
        _retention = (long)retention.TotalMilliseconds;
        foreach (var (hour, _) in firsts.All) _hours.Add(hour);
    }

    /// <summary>Takes a new window up.</summary>
    /// <param name="span">Its name and length.</param>
    /// <param name="window">The window, which will name the next in its list.</param>
    /// <param name="locked">When its billing period is locked.</param>
    /// <param name="streamTime">Stream time now: a window that begins long after its end is kept as long from now on.</param>
    public void Add(in WindowSpan span, Window window, DateTimeOffset locked, long streamTime)
    {
        var end = Math.Max(Math.Max(span.ClosesAt, streamTime) + _retention, locked.ToUnixTimeMilliseconds());
        var hour = ((end / Hour) + 1) * Hour;
        window.Next = _firsts.TryGet(hour, out var first) ? first : null;
        _firsts.Put(hour, span.Key);
        _hours.Add(hour);
    }

    /// <summary>Forgets what is due.</summary>
    /// <param name="streamTime">Stream time now, Unix milliseconds.</param>
    /// <param name="forget">Forgets one window and gives the next of its list.</param>
    public void ForgetUntil(long streamTime, Func<WindowKey, WindowKey?> forget)
    {
        var left = AtOnce;
        while (left > 0 && _hours.Count > 0 && _hours.Min is var hour && hour <= streamTime)
        {
            WindowKey? next = _firsts.Get(hour);
            for (; next is { } key && left > 0; left--) next = forget(key);
            if (next is { } rest)
            {
                _firsts.Put(hour, rest);
                return;
            }

            _firsts.Delete(hour);
            _hours.Remove(hour);
        }
    }
}
