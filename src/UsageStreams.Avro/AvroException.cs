namespace UsageStreams.Avro;

/// <summary>
/// Base of everything this library throws on purpose. <see cref="AvroSchemaException"/> means a schema is wrong,
/// <see cref="AvroDataException"/> that bytes or a value do not fit their schema.
/// </summary>
public class AvroException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What happened, where, the limit and the next step.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public AvroException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>A schema that cannot be parsed, or two schemas that cannot be resolved. Trying again does not help.</summary>
public sealed class AvroSchemaException : AvroException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What is wrong with which type or field.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public AvroSchemaException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>Bytes that are not what the schema says, or a value that the schema cannot hold. Trying again does not help.</summary>
public sealed class AvroDataException : AvroException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="position">Offset in the Avro body of the byte it was noticed at, or -1 when a value was refused on writing.</param>
    /// <param name="field">Path of the field, such as <c>LedgerEntry.sources[].topic</c>; null where it is not known.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public AvroDataException(string message, int position = -1, string? field = null, Exception? innerException = null)
        : base(Describe(message, position, field), innerException)
    {
        Reason = message;
        Position = position;
        Field = field;
    }

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; }

    /// <summary>Offset in the Avro body of the byte it was noticed at, from 0; -1 when a value was refused on writing.</summary>
    public int Position { get; }

    /// <summary>Path of the field, or null where it is not known.</summary>
    public string? Field { get; }

    private static string Describe(string message, int position, string? field) => (position, field) switch
    {
        (< 0, null) => message,
        (< 0, _) => $"{field}: {message}",
        (_, null) => $"{message} (at byte {position} of the Avro body)",
        _ => $"{field}: {message} (at byte {position} of the Avro body)",
    };
}
