using UsageStreams.Model;

namespace UsageStreams.Topology.Metering;

/// <summary>A window of the ledger: open until its final entry is written, then kept for what comes late.</summary>
internal sealed class Window
{
    private readonly HashSet<string> _users = new(StringComparer.Ordinal);
    private List<SourceRange> _sources = [];
    private decimal _quantity;
    private decimal _written;
    private long _count;
    private long _first = long.MaxValue;
    private long _last = long.MinValue;
    private EventDigest _digest;
    private int _revision;
    private Trace _trace = Trace.None;

    /// <summary>Whether no entry was written yet.</summary>
    public bool IsOpen => _revision == 0;

    /// <summary>As it was kept.</summary>
    public static Window From(WindowState kept)
    {
        var window = new Window
        {
            _sources = [.. kept.Sources],
            _quantity = kept.Quantity,
            _written = kept.Written,
            _count = kept.Count,
            _first = kept.First.ToUnixTimeMilliseconds(),
            _last = kept.Last.ToUnixTimeMilliseconds(),
            _digest = EventDigest.FromBytes(kept.Digest),
            _revision = kept.Revision,
            _trace = kept.Trace,
        };
        window._users.UnionWith(kept.Users);
        return window;
    }

    /// <summary>Adds what a task counted.</summary>
    /// <returns>By how much the window's quantity grew: for unique, the users not seen before.</returns>
    public decimal Add(Contribution partial)
    {
        var lineage = partial.Lineage;
        if (_count == 0) _trace = lineage.Trace;
        var grown = partial.Aggregation == Aggregation.Unique ? NewUsers(partial) : partial.Value.Value;
        _quantity += grown;
        _count += lineage.Count;
        _first = Math.Min(_first, lineage.First);
        _last = Math.Max(_last, lineage.Last);
        _digest += lineage.Digest;
        foreach (var source in lineage.Sources) AddSource(source);
        return grown;
    }

    /// <summary>The entry that closes the window.</summary>
    public LedgerEntry Close(in WindowKey key, long length) => Write(key, length, EntryKind.Final, _count, _first, _last, _digest);

    /// <summary>The entry for events that came after the window was closed; they were added before.</summary>
    public LedgerEntry WriteLate(in WindowKey key, long length, Contribution late) =>
        Write(key, length, EntryKind.Late, late.Lineage.Count, late.Lineage.First, late.Lineage.Last, late.Lineage.Digest);

    /// <summary>As it is kept.</summary>
    public WindowState ToKeep() => new()
    {
        Quantity = _quantity,
        Users = [.. _users],
        Count = _count,
        First = DateTimeOffset.FromUnixTimeMilliseconds(_first),
        Last = DateTimeOffset.FromUnixTimeMilliseconds(_last),
        Digest = _digest.ToBytes(),
        Sources = [.. _sources],
        Trace = _trace,
        Revision = _revision,
        Written = _written,
    };

    private LedgerEntry Write(in WindowKey key, long length, EntryKind kind, long count, long first, long last, EventDigest digest)
    {
        _revision++;
        var entry = new LedgerEntry
        {
            Id = key.EntryId(_revision),
            Account = key.Account,
            Contract = key.Contract,
            Metric = key.Metric,
            MetricVersion = key.Version,
            WindowStart = DateTimeOffset.FromUnixTimeMilliseconds(key.Start),
            WindowEnd = DateTimeOffset.FromUnixTimeMilliseconds(key.Start + length),
            Quantity = _quantity - _written,
            Total = _quantity,
            Count = count,
            First = DateTimeOffset.FromUnixTimeMilliseconds(first),
            Last = DateTimeOffset.FromUnixTimeMilliseconds(last),
            Revision = _revision,
            Kind = kind,
            Sources = [.. _sources],
            Digest = digest.ToBytes(),
            Trace = _trace,
        };
        _written = _quantity;
        _sources.Clear();
        return entry;
    }

    private decimal NewUsers(Contribution partial)
    {
        var before = _users.Count;
        _users.UnionWith(partial.Members);
        return _users.Count - before;
    }

    private void AddSource(SourceRange source)
    {
        for (var i = 0; i < _sources.Count; i++)
        {
            var known = _sources[i];
            if (known.Partition != source.Partition || !string.Equals(known.Topic, source.Topic, StringComparison.Ordinal)) continue;
            _sources[i] = known with
            {
                FirstOffset = Math.Min(known.FirstOffset, source.FirstOffset),
                LastOffset = Math.Max(known.LastOffset, source.LastOffset),
                Count = known.Count + source.Count,
            };
            return;
        }

        _sources.Add(source);
    }
}
