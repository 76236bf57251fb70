using System.Globalization;
using UsageStreams.Streams.Internal.Graph;

namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>
/// A task's stream time. It never goes back, and depends on what was announced, not on the order in which announcements came.
/// </summary>
internal sealed class StreamTime
{
    private const string OwnKey = "stream-time";

    private readonly TimeSource _from;
    private readonly string[] _expected;
    private readonly KeyValueStore<string, string>? _store;
    private readonly Dictionary<string, UpstreamTimes> _upstreams = new(StringComparer.Ordinal);
    private readonly StreamTask _task;
    private long? _saved;
    private long _silentSince;
    private bool _heard;
    private bool _caughtUp;

    public StreamTime(SubTopologyGraph subTopology, StreamTask task)
    {
        _task = task;
        _from = subTopology.Source.TimeFrom;
        _expected = [.. subTopology.Upstream.Where(static u => u.IsTimed).Select(static u => u.Name)];
        if (subTopology.TimeStore is not null)
            _store = (KeyValueStore<string, string>)task.Store(subTopology.TimeStore);
    }

    /// <summary>Unix ms; null while unknown.</summary>
    public long? Current { get; private set; }

    /// <summary>Whether nothing was to be expected of this task at the last commit.</summary>
    public bool IsIdle { get; private set; }

    /// <summary>Takes over what the restored store holds.</summary>
    public void Load(long now)
    {
        _silentSince = now;
        if (_store is null)
            return;
        foreach ((string key, string value) in _store.All)
        {
            if (key == OwnKey)
                Current = _saved = long.Parse(value, CultureInfo.InvariantCulture);
            else
                Of(key[..key.LastIndexOf('/')]).Load(int.Parse(key[(key.LastIndexOf('/') + 1)..], CultureInfo.InvariantCulture), value);
        }
    }

    /// <summary>A record's event time.</summary>
    public void Observe(long eventTime)
    {
        if (Current is null || eventTime > Current)
            Current = eventTime;
    }

    /// <summary>The record at hand is left out, and with it the time that was observed of it.</summary>
    public void Return(long? before) => Current = before;

    /// <summary>A watermark of the input.</summary>
    public void Take(Watermark watermark)
    {
        if (_store is null)
            return;
        UpstreamTimes upstream = Of(watermark.Upstream);
        upstream.Take(watermark);
        _store.Put($"{watermark.Upstream}/{watermark.Partition}", upstream.Save(watermark.Partition));
        if (Minimum() is { } time)
            Observe(time);
    }

    /// <summary>Something came in.</summary>
    public void Heard()
    {
        _heard = true;
        _caughtUp = false;
    }

    public void CaughtUp() => _caughtUp = true;

    /// <summary>Whether nothing is to be expected of this task for now.</summary>
    public bool CheckIdle(long now, TimeSpan timeout)
    {
        if (_heard)
            _silentSince = now;
        _heard = false;
        IsIdle = _from == TimeSource.EventTime
            ? _caughtUp && now - _silentSince >= timeout.TotalMilliseconds
            : IsComplete() && _upstreams.Values.All(static u => u.AllIdle);
        return IsIdle;
    }

    /// <summary>What was announced from above.</summary>
    public UpstreamMetrics[] Upstreams() => _upstreams.Count == 0 ? [] : [.. _upstreams.Select(static upstream =>
    {
        (long? active, long? idle) = (null, null);
        upstream.Value.Fold(ref active, ref idle);
        return new UpstreamMetrics(upstream.Key, active ?? idle, upstream.Value.AllIdle);
    })];

    /// <summary>Puts a changed stream time into the store.</summary>
    public void Save()
    {
        if (_store is null || Current == _saved)
            return;
        _saved = Current;
        _store.Put(OwnKey, Current!.Value.ToString(CultureInfo.InvariantCulture));
    }

    private UpstreamTimes Of(string name)
    {
        if (!_upstreams.TryGetValue(name, out UpstreamTimes? times))
            _upstreams.Add(name, times = new UpstreamTimes());
        return times;
    }

    private bool IsComplete()
    {
        foreach (string expected in _expected)
        {
            if (!_upstreams.ContainsKey(expected))
                return false;
        }

        return _upstreams.Count > 0 && _upstreams.Values.All(static u => u.AllAnnounced);
    }

    /// <summary>
    /// The smallest time of those that are not idle. When all are idle nobody is left to wait for, and it is the largest time announced.
    /// </summary>
    private long? Minimum()
    {
        if (!IsComplete())
            return null;
        (long? active, long? idle) = (null, null);
        foreach (UpstreamTimes upstream in _upstreams.Values)
            upstream.Fold(ref active, ref idle);
        return active ?? idle;
    }
}
