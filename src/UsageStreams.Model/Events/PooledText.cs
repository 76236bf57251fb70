using UsageStreams.Avro;

namespace UsageStreams.Model;

/// <summary>Reads text that is often the same.</summary>
public static class PooledText
{
    /// <summary>Reads a string, of a pool if there is one.</summary>
    /// <param name="reader">Stands at the string; afterwards behind it.</param>
    /// <param name="texts">The pool; null makes the string anew.</param>
    /// <exception cref="AvroDataException">The bytes are no string.</exception>
    public static string ReadString(this ref AvroReader reader, TextPool? texts)
    {
        if (texts is null) return reader.ReadString();
        var start = reader.Position;
        var bytes = reader.ReadBytesSpan();
        return texts.TryGet(bytes) ?? throw new AvroDataException($"a string of {bytes.Length} bytes is not valid UTF-8", start);
    }
}
