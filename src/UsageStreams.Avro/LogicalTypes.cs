using System.Text.Json;

namespace UsageStreams.Avro;

/// <summary>Recognises logical types. What is unknown or invalid is ignored, as the specification demands.</summary>
internal static class LogicalTypes
{
    public static LogicalType? Find(IReadOnlyDictionary<string, JsonElement> attributes, AvroType type, int size)
    {
        if (!attributes.TryGetValue("logicalType", out var name) || name.ValueKind != JsonValueKind.String)
            return null;
        LogicalKind? kind = (name.GetString(), type) switch
        {
            ("decimal", AvroType.Bytes or AvroType.Fixed) => LogicalKind.Decimal,
            ("big-decimal", AvroType.Bytes) => LogicalKind.BigDecimal,
            ("uuid", AvroType.String) => LogicalKind.Uuid,
            ("uuid", AvroType.Fixed) when size == 16 => LogicalKind.Uuid,
            ("date", AvroType.Int) => LogicalKind.Date,
            ("time-millis", AvroType.Int) => LogicalKind.TimeMillis,
            ("time-micros", AvroType.Long) => LogicalKind.TimeMicros,
            ("timestamp-millis", AvroType.Long) => LogicalKind.TimestampMillis,
            ("timestamp-micros", AvroType.Long) => LogicalKind.TimestampMicros,
            ("timestamp-nanos", AvroType.Long) => LogicalKind.TimestampNanos,
            ("local-timestamp-millis", AvroType.Long) => LogicalKind.LocalTimestampMillis,
            ("local-timestamp-micros", AvroType.Long) => LogicalKind.LocalTimestampMicros,
            ("local-timestamp-nanos", AvroType.Long) => LogicalKind.LocalTimestampNanos,
            ("duration", AvroType.Fixed) when size == 12 => LogicalKind.Duration,
            _ => null,
        };
        return kind switch
        {
            null => null,
            LogicalKind.Decimal => FindDecimal(attributes, type, size),
            _ => new LogicalType(kind.Value),
        };
    }

    private static LogicalType? FindDecimal(IReadOnlyDictionary<string, JsonElement> attributes, AvroType type, int size)
    {
        if (!attributes.TryGetValue("precision", out var p) || p.ValueKind != JsonValueKind.Number || !p.TryGetInt32(out var precision))
            return null;
        var scale = 0;
        if (attributes.TryGetValue("scale", out var s) && (s.ValueKind != JsonValueKind.Number || !s.TryGetInt32(out scale)))
            return null;
        var fits = type == AvroType.Bytes || precision <= Math.Floor(Math.Log10(2) * ((8.0 * size) - 1));
        return precision > 0 && scale >= 0 && scale <= precision && fits ? new LogicalType(LogicalKind.Decimal, precision, scale) : null;
    }
}
