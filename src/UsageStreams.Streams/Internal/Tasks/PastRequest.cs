namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>What of a partition's past is asked for.</summary>
internal readonly struct PastRequest
{
    private readonly long[]? _offsets;

    private PastRequest(long fromArrival, long[]? offsets) => (FromArrival, _offsets) = (fromArrival, offsets);

    /// <summary>The arrival from which all is asked for, Unix ms. Of no meaning where offsets are.</summary>
    public long FromArrival { get; }

    /// <summary>Everything from the first record on that arrived at a time (Unix ms) or later.</summary>
    public static PastRequest From(long arrival) => new(arrival, offsets: null);

    /// <summary>The records at some offsets.</summary>
    public static PastRequest At(IEnumerable<long> offsets) => new(0, [.. offsets.Distinct().Order()]);

    /// <summary>The offsets, none of which is met yet; null when all from an arrival on is asked for.</summary>
    public WantedOffsets? Wanted() => _offsets is null ? null : new WantedOffsets(_offsets);
}

/// <summary>Offsets that a reader has not come to yet.</summary>
/// <param name="offsets">In ascending order.</param>
internal sealed class WantedOffsets(long[] offsets)
{
    private int _next;

    /// <summary>The next; null when there is none.</summary>
    public long? Next => _next < offsets.Length ? offsets[_next] : null;

    /// <summary>Nothing below an offset comes any more: what is wanted there is not there.</summary>
    public void PassTo(long offset)
    {
        while (_next < offsets.Length && offsets[_next] < offset)
            _next++;
    }

    /// <summary>Whether the record that comes now is wanted.</summary>
    public bool Takes(long offset)
    {
        PassTo(offset);
        if (Next != offset)
            return false;
        _next++;
        return true;
    }
}
