namespace UsageStreams.Streams.Windows;

/// <summary>A span of event time, start included and end not.</summary>
/// <param name="Start">Unix ms.</param>
/// <param name="End">Unix ms.</param>
public readonly record struct TimeWindow(long Start, long End)
{
    /// <summary>Whether <paramref name="time"/> (Unix ms) lies in it.</summary>
    public bool Contains(long time) => Start <= time && time < End;
}

/// <summary>A key in a window: the key of a windowed table.</summary>
/// <param name="Key">The records' key.</param>
/// <param name="Window">The window.</param>
public readonly record struct Windowed<TKey>(TKey Key, TimeWindow Window)
{
    /// <summary><c>key@start/end</c>, in Unix ms.</summary>
    public override string ToString() => $"{Key}@{Window.Start}/{Window.End}";
}
