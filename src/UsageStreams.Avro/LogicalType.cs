namespace UsageStreams.Avro;

/// <summary>The logical types of the Avro specification.</summary>
public enum LogicalKind
{
    /// <summary>Unscaled two's-complement big-endian integer over bytes or fixed.</summary>
    Decimal,

    /// <summary>Decimal that carries its own scale, over bytes.</summary>
    BigDecimal,

    /// <summary>RFC 4122 text over string, or 16 bytes in network order over fixed.</summary>
    Uuid,

    /// <summary>Days since 1970-01-01 over int.</summary>
    Date,

    /// <summary>Milliseconds since midnight over int.</summary>
    TimeMillis,

    /// <summary>Microseconds since midnight over long.</summary>
    TimeMicros,

    /// <summary>Milliseconds since the Unix epoch, UTC, over long.</summary>
    TimestampMillis,

    /// <summary>Microseconds since the Unix epoch, UTC, over long.</summary>
    TimestampMicros,

    /// <summary>Nanoseconds since the Unix epoch, UTC, over long.</summary>
    TimestampNanos,

    /// <summary>Milliseconds since 1970-01-01T00:00 of a clock without time zone, over long.</summary>
    LocalTimestampMillis,

    /// <summary>Microseconds since 1970-01-01T00:00 of a clock without time zone, over long.</summary>
    LocalTimestampMicros,

    /// <summary>Nanoseconds since 1970-01-01T00:00 of a clock without time zone, over long.</summary>
    LocalTimestampNanos,

    /// <summary>Months, days and milliseconds, three little-endian unsigned integers over fixed(12).</summary>
    Duration,
}

/// <summary>What the bytes of a base type stand for.</summary>
/// <param name="Kind">Which logical type.</param>
/// <param name="Precision">Largest number of digits of a <see cref="LogicalKind.Decimal"/>; 0 for the others.</param>
/// <param name="Scale">Digits after the decimal point of a <see cref="LogicalKind.Decimal"/>; 0 for the others.</param>
public readonly record struct LogicalType(LogicalKind Kind, int Precision = 0, int Scale = 0);
