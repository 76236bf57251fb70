using System.Runtime.CompilerServices;

namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>
/// Records of a task that were read before it was their turn, in the order of their offsets. What is never asked for, because the session ended before or the task
/// was paused, is forgotten.
/// </summary>
internal sealed class ReadAhead<TKey, TValue>
{
    private readonly Reading<TKey, TValue>[] _readings = new Reading<TKey, TValue>[SourceNode.AheadLimit];
    private int _next;
    private int _end;

    /// <summary>Where the next may be put; to be kept by <see cref="Keep"/>. A null reference when there is no room.</summary>
    public ref Reading<TKey, TValue> Place
    {
        get
        {
            if (_next == _end)
                _next = _end = 0;
            return ref _end < _readings.Length ? ref _readings[_end] : ref Unsafe.NullRef<Reading<TKey, TValue>>();
        }
    }

    /// <summary>What was put into <see cref="Place"/> is there.</summary>
    public void Keep() => _end++;

    /// <summary>What was read at an offset; a null reference when it was not.</summary>
    public ref Reading<TKey, TValue> Take(long offset)
    {
        while (_next < _end && _readings[_next].Offset < offset)
            _next++;
        return ref _next < _end && _readings[_next].Offset == offset
            ? ref _readings[_next++]
            : ref Unsafe.NullRef<Reading<TKey, TValue>>();
    }
}
