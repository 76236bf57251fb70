namespace UsageStreams.Streams;

/// <summary>What of a record could not be read.</summary>
public enum UndecodableReason
{
    /// <summary>The key serde refused the key.</summary>
    Key,

    /// <summary>The value serde refused the value.</summary>
    Value,

    /// <summary>The record has no key.</summary>
    NullKey,

    /// <summary>The record has no value.</summary>
    NullValue,

    /// <summary>The timestamp extractor found no usable event time.</summary>
    Timestamp,

    /// <summary>The source's check refused the record.</summary>
    Check,

    /// <summary>The record is a watermark whose headers can't be read.</summary>
    Watermark,
}

/// <summary>A record that a source could not read, with everything needed to keep it, explain it and send it again.</summary>
/// <param name="Source">Where it was read, and when it arrived.</param>
/// <param name="Key">Key as read.</param>
/// <param name="Value">Value as read.</param>
/// <param name="Headers">Headers as read.</param>
/// <param name="Reason">What could not be read.</param>
/// <param name="Cause">Why, in a sentence.</param>
/// <param name="Code">The code that a check or a timestamp extractor gave; null when a serde refused it.</param>
public sealed record UndecodableRecord(
    RecordMetadata Source,
    byte[]? Key,
    byte[]? Value,
    RecordHeaders Headers,
    UndecodableReason Reason,
    string Cause,
    string? Code = null);
