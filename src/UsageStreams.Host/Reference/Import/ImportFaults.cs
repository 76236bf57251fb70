namespace UsageStreams.Host.Reference.Import;

/// <summary>What is wrong with an import: all of it is counted, the first <see cref="Limit"/> faults are kept.</summary>
internal sealed class ImportFaults
{
    /// <summary>How many are kept, so that a file of another format doesn't fill the memory.</summary>
    public const int Limit = 1000;

    private readonly List<string> _kept = [];

    /// <summary>All faults.</summary>
    public long Count { get; private set; }

    /// <summary>The first of them, each with its place.</summary>
    public IReadOnlyList<string> Kept => _kept;

    /// <summary>One more.</summary>
    public void Add(Place place, string fault)
    {
        Count++;
        if (_kept.Count < Limit)
            _kept.Add($"{place}: {fault}");
    }
}
