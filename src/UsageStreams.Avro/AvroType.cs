namespace UsageStreams.Avro;

/// <summary>The kinds of Avro schema.</summary>
public enum AvroType
{
    /// <summary>No value; takes no bytes.</summary>
    Null,

    /// <summary>One byte, 0 or 1.</summary>
    Boolean,

    /// <summary>32-bit signed integer, zig-zag, 1 to 5 bytes.</summary>
    Int,

    /// <summary>64-bit signed integer, zig-zag, 1 to 10 bytes.</summary>
    Long,

    /// <summary>IEEE 754 single precision, 4 bytes.</summary>
    Float,

    /// <summary>IEEE 754 double precision, 8 bytes.</summary>
    Double,

    /// <summary>Length and bytes.</summary>
    Bytes,

    /// <summary>Length and UTF-8.</summary>
    String,

    /// <summary>Fields in order.</summary>
    Record,

    /// <summary>Index of a symbol.</summary>
    Enum,

    /// <summary>Blocks of items.</summary>
    Array,

    /// <summary>Blocks of string keys with values.</summary>
    Map,

    /// <summary>Index of a branch, then its value.</summary>
    Union,

    /// <summary>A fixed number of bytes.</summary>
    Fixed,
}
