namespace UsageStreams.Streams.Faults;

/// <summary>Where on a record's way through a task something went wrong.</summary>
public enum FaultKind
{
    /// <summary>A source or a table can't read the record: a serde, a check or the timestamp extractor refused it, or it has no key or value.</summary>
    Deserialization,

    /// <summary>User code threw: a processor, a mapper, a combiner, a punctuation.</summary>
    Processing,

    /// <summary>
    /// A sink can't write what came of the record: a serde or partitioner threw, the record is too large for the client, or a right is missing.
    /// </summary>
    Production,
}
