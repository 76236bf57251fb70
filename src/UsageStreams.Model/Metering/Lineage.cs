namespace UsageStreams.Model;

/// <summary>The events behind a number: how many, which, where they stand and by what they were found. Grows in place.</summary>
public sealed partial class Lineage
{
    private SourceSpan _source;
    private List<SourceSpan>? _otherSources;
    private SmallestTexts? _traces;
    private SmallestTexts? _mappings;

    /// <summary>Number of events.</summary>
    public long Count { get; private set; }

    /// <summary>Whether there is no event.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>Event time of the earliest, Unix milliseconds; <see cref="long.MaxValue"/> when there is none.</summary>
    public long First { get; private set; } = long.MaxValue;

    /// <summary>Event time of the latest, Unix milliseconds; <see cref="long.MinValue"/> when there is none.</summary>
    public long Last { get; private set; } = long.MinValue;

    /// <summary>Stands for the set of events.</summary>
    public EventDigest Digest { get; private set; }

    /// <summary>Largest version of the contract they were counted under; 0 when there is none.</summary>
    public int ContractVersion { get; set; }

    /// <summary>Trace of the earliest event.</summary>
    public Trace Trace { get; set; } = Trace.None;

    /// <summary>W3C traceparents of events among them: the smallest in ordinal order, <see cref="SmallestTexts.Limit"/> at most.</summary>
    public IReadOnlyList<string> Traces => _traces?.All ?? [];

    /// <summary>Mapping versions as <c>tenant@version</c>: the smallest in ordinal order, <see cref="SmallestTexts.Limit"/> at most.</summary>
    public IReadOnlyList<string> Mappings => _mappings?.All ?? [];

    /// <summary>Where the events stand: one range for each partition, in order of topic and partition.</summary>
    public IReadOnlyList<SourceRange> Sources
    {
        get
        {
            if (_source.Count == 0) return [];
            if (_otherSources is null) return [_source.ToRange()];
            return [.. _otherSources.Append(_source).OrderBy(span => span.Topic, StringComparer.Ordinal).ThenBy(span => span.Partition).Select(span => span.ToRange())];
        }
    }

    /// <summary>Begins anew, with no events.</summary>
    public void Reset()
    {
        (Count, First, Last, Digest, ContractVersion, Trace) = (0, long.MaxValue, long.MinValue, EventDigest.None, 0, Trace.None);
        (_source, _otherSources) = (default, null);
        _traces?.Clear();
        _mappings?.Clear();
    }

    /// <summary>Adds an event.</summary>
    /// <returns>Whether it is the earliest now, so that <see cref="Trace"/> should be its.</returns>
    public bool Add(EventDigest identity, long time, in EventPosition at)
    {
        var earliest = time < First;
        Count++;
        Digest += identity;
        if (earliest) First = time;
        if (time > Last) Last = time;
        if (_source.Holds(at))
            _source.Add(at.Offset);
        else
            AddSource(new SourceSpan(at.Topic, at.Partition, at.Offset, at.Offset, 1));
        return earliest;
    }

    /// <summary>Adds a traceparent; bytes that are no ASCII are none.</summary>
    public void AddTrace(ReadOnlySpan<byte> traceparent)
    {
        if (!traceparent.IsEmpty) (_traces ??= new SmallestTexts()).Add(traceparent);
    }

    /// <summary>Adds a mapping version.</summary>
    /// <param name="mapping">As <c>tenant@version</c>.</param>
    public void AddMapping(string mapping) => (_mappings ??= new SmallestTexts()).Add(mapping);

    /// <summary>Adds the events of another set; the sets must not overlap.</summary>
    public void Merge(Lineage other)
    {
        if (other.First < First) (First, Trace) = (other.First, other.Trace);
        if (other.Last > Last) Last = other.Last;
        Count += other.Count;
        Digest += other.Digest;
        ContractVersion = Math.Max(ContractVersion, other.ContractVersion);
        if (other._traces is not null) (_traces ??= new SmallestTexts()).Add(other._traces);
        if (other._mappings is not null) (_mappings ??= new SmallestTexts()).Add(other._mappings);
        if (other._source.Count > 0) AddSource(other._source);
        if (other._otherSources is null) return;
        foreach (var span in other._otherSources) AddSource(span);
    }

    /// <summary>
    /// Takes some of its events away. Count, digest and the sources' counts are exact then. Times and ranges hold all that is left, and may be wider: nobody
    /// knows which event is the earliest now. So its trace is none where the earliest may have gone.
    /// </summary>
    public void Remove(Lineage taken)
    {
        Count -= taken.Count;
        Digest -= taken.Digest;
        if (Count == 0)
        {
            Reset();
            return;
        }

        if (taken.First <= First) (First, Trace) = (taken.First, Trace.None);
        if (taken.Last > Last) Last = taken.Last;
        if (taken._traces is not null) _traces?.Remove(taken._traces);
        if (taken._source.Count > 0) AddSource(taken._source.Negative());
        foreach (var span in taken._otherSources ?? []) AddSource(span.Negative());
    }

    private void AddSource(in SourceSpan span)
    {
        if (_source.Count == 0 || _source.IsOf(span))
        {
            _source = _source.Count == 0 ? span : _source.With(span);
            return;
        }

        _otherSources ??= [];
        for (var i = 0; i < _otherSources.Count; i++)
        {
            if (!_otherSources[i].IsOf(span)) continue;
            _otherSources[i] = _otherSources[i].With(span);
            return;
        }

        _otherSources.Add(span);
    }

    private struct SourceSpan(string topic, int partition, long first, long last, long count)
    {
        public string Topic { get; } = topic;

        public int Partition { get; } = partition;

        public long First { get; private set; } = first;

        public long Last { get; private set; } = last;

        public long Count { get; private set; } = count;

        public readonly bool IsOf(in SourceSpan other) => Partition == other.Partition && string.Equals(Topic, other.Topic, StringComparison.Ordinal);

        /// <summary>Whether there is a span, and it is one of the position's partition.</summary>
        public readonly bool Holds(in EventPosition at) => Count > 0 && Partition == at.Partition && string.Equals(Topic, at.Topic, StringComparison.Ordinal);

        public void Add(long offset)
        {
            if (offset < First) First = offset;
            if (offset > Last) Last = offset;
            Count++;
        }

        public readonly SourceSpan With(in SourceSpan other) =>
            new(Topic, Partition, Math.Min(First, other.First), Math.Max(Last, other.Last), Count + other.Count);

        public readonly SourceSpan Negative() => new(Topic, Partition, First, Last, -Count);

        public readonly SourceRange ToRange() => new() { Topic = Topic, Partition = Partition, FirstOffset = First, LastOffset = Last, Count = Count };
    }
}
