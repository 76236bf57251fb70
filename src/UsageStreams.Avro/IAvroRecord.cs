namespace UsageStreams.Avro;

/// <summary>A type generated from a record schema, which reads and writes itself.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IAvroRecord<TSelf>
    where TSelf : IAvroRecord<TSelf>
{
    /// <summary>The schema the type was generated from.</summary>
    static abstract AvroSchema Schema { get; }

    /// <summary>Reads a value that was written with <see cref="Schema"/>.</summary>
    /// <param name="reader">Stands at the value; afterwards behind it.</param>
    /// <exception cref="AvroDataException">The bytes are not such a value.</exception>
    static abstract TSelf Read(ref AvroReader reader);

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="writer">Where to; the caller flushes it.</param>
    /// <exception cref="AvroDataException">A member does not fit its schema, such as a decimal with too many digits.</exception>
    static abstract void Write(TSelf value, ref AvroWriter writer);
}

/// <summary>Calls a record's own reader and writer where only its type is known.</summary>
public static class AvroRecord
{
    /// <summary>Reads a <typeparamref name="T"/>.</summary>
    /// <typeparam name="T">The record type.</typeparam>
    /// <param name="reader">Stands at the value; afterwards behind it.</param>
    /// <exception cref="AvroDataException">The bytes are not such a value.</exception>
    public static T Read<T>(ref AvroReader reader)
        where T : IAvroRecord<T> => T.Read(ref reader);

    /// <summary>Writes a <typeparamref name="T"/>.</summary>
    /// <typeparam name="T">The record type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="writer">Where to; the caller flushes it.</param>
    /// <exception cref="AvroDataException">A member does not fit its schema.</exception>
    public static void Write<T>(T value, ref AvroWriter writer)
        where T : IAvroRecord<T> => T.Write(value, ref writer);
}
