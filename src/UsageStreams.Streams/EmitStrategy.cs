namespace UsageStreams.Streams;

/// <summary>When a table sends its changes on.</summary>
public enum EmitStrategy
{
    /// <summary>At each commit, one change per key that changed since the last: the default. How many there are depends on the commit interval.</summary>
    OnCommit,

    /// <summary>At once, one change per record.</summary>
    OnUpdate,

    /// <summary>Once per window, when it is closed: its final result. For windowed aggregates only.</summary>
    OnWindowClose,
}
