using System.Globalization;
using UsageStreams.Model;

namespace UsageStreams.Chaos.Ingest;

/// <summary>Which events were acknowledged to their sender, and where they were said to stand.</summary>
internal sealed class Acknowledged(int events)
{
    // Partition and offset, 0 for none: offsets are kept plus one.
    private readonly long[] _places = new long[events];
    private int _count;

    /// <summary>Events acknowledged so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The number of an event, which its id ends with.</summary>
    public static int NumberOf(UsageEvent usage) => int.Parse(usage.Id.AsSpan(usage.Id.LastIndexOf('-') + 1), CultureInfo.InvariantCulture);

    /// <summary>Notes an answer; the last one counts where several were had.</summary>
    public void Add(int number, int partition, long offset)
    {
        if (Interlocked.Exchange(ref _places[number], ((long)partition << 48) | (offset + 1)) == 0)
            Interlocked.Increment(ref _count);
    }

    /// <summary>Whether an event was acknowledged.</summary>
    public bool Contains(int number) => _places[number] != 0;

    /// <summary>Whether an event was said to stand there.</summary>
    public bool StandsAt(int number, int partition, long offset) => _places[number] == (((long)partition << 48) | (offset + 1));
}
