namespace UsageStreams.Streams.Testing.Simulation;

/// <summary>Counts and hashes every event; keeps the text of the last ones when asked to.</summary>
internal sealed class SimulationTrace(int length, TimeProvider clock)
{
    private const ulong Prime = 1099511628211;

    private readonly Queue<string> _lines = new();
    private readonly SortedDictionary<string, int> _faults = new(StringComparer.Ordinal);
    private readonly long _start = clock.GetTimestamp();

    public bool IsKept => length > 0;

    public long Events { get; private set; }

    public ulong Fingerprint { get; private set; } = 14695981039346656037;

    public IReadOnlyDictionary<string, int> Faults => _faults;

    public IReadOnlyList<string> Lines => [.. _lines];

    public void Event(string who, string what)
    {
        Events++;
        Mix(who);
        Mix(what);
        Fingerprint = (Fingerprint ^ (ulong)clock.GetTimestamp()) * Prime;
        Note(who, what);
    }

    public void Fault(string who, string kind)
    {
        _faults[kind] = _faults.GetValueOrDefault(kind) + 1;
        Event(who, kind);
    }

    /// <summary>Text for a reader only.</summary>
    public void Note(string who, string what)
    {
        if (!IsKept)
            return;
        if (_lines.Count == length)
            _lines.Dequeue();
        _lines.Enqueue($"{Events,6} {clock.GetElapsedTime(_start).TotalMilliseconds,7:0} ms  {who,-12} {what}");
    }

    private void Mix(string text)
    {
        foreach (char c in text)
            Fingerprint = (Fingerprint ^ c) * Prime;
    }
}
