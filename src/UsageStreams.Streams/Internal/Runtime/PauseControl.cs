using System.Collections.Immutable;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>Which sub-topologies are to be paused. Written by whoever asks; each session brings it to its tasks between batches.</summary>
internal sealed class PauseControl
{
    private readonly Lock _lock = new();
    private volatile ImmutableHashSet<string> _paused = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>The names; another object after every change.</summary>
    public ImmutableHashSet<string> Paused => _paused;

    public void Pause(IEnumerable<string> names)
    {
        lock (_lock)
            _paused = _paused.Union(names);
    }

    public void Resume(IEnumerable<string> names)
    {
        lock (_lock)
            _paused = _paused.Except(names);
    }
}
