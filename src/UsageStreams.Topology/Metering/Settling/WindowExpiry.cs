using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering.Settling;

/// <summary>
/// Forgets windows when nothing can come or be corrected in them any more, and not before the lock. The windows of an hour to be forgotten hang in a list, of
/// which the store has the first: nobody searches through all that is kept.
/// </summary>
/// <remarks>
/// An event is counted when it arrives within its metric's lateness, and what was counted is corrected within the configured time after it arrived. A metric that
/// counts events however late they are never lets go of a window: if it began anew, its entries would repeat names, and a maximum would be counted twice.
/// </remarks>
internal sealed class WindowExpiry
{
    /// <summary>How many are forgotten between two batches, so that a commit never waits for a whole hour's windows.</summary>
    private const int AtOnce = 1_000;
    private const long Hour = 3_600_000;

    private readonly KeyValueStore<long, WindowKey> _firsts;
    private readonly long _retention;
    private readonly SortedSet<long> _hours = [];

    /// <param name="firsts">The first window of each hour to be forgotten, by the hour in Unix milliseconds.</param>
    /// <param name="retention">How long a window is kept after the last event that it can count has arrived.</param>
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
    public void Add(in WindowSpan span, Window window, DateTimeOffset locked)
    {
        if (span.Lateness < 0) return;
        var end = Math.Max(span.ClosesAt + span.Lateness + _retention, locked.ToUnixTimeMilliseconds());
        var hour = ((end / Hour) + 1) * Hour;
        window.Next = _firsts.TryGet(hour, out var first) ? first : null;
        _firsts.Put(hour, span.Key);
        _hours.Add(hour);
    }

    /// <summary>Forgets what is due.</summary>
    /// <param name="now">Stream time, if the wall clock is not behind it, Unix milliseconds.</param>
    /// <param name="forget">Forgets one window and gives the next of its list.</param>
    public void ForgetUntil(long now, Func<WindowKey, WindowKey?> forget)
    {
        var left = AtOnce;
        while (left > 0 && _hours.Count > 0 && _hours.Min is var hour && hour <= now)
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
