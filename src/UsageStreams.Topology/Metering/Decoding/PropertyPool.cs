using System.Text;
using UsageStreams.Avro;
using UsageStreams.Model;

namespace UsageStreams.Topology.Metering.Decoding;

/// <summary>
/// Properties by the bytes they were read from, so that the sets that come again and again are made once. Bounded and safe for several threads in the
/// way <see cref="TextPool"/> is.
/// </summary>
/// <param name="capacity">Places; a power of two, 4 or more.</param>
/// <param name="texts">Names and values.</param>
internal sealed class PropertyPool(int capacity, TextPool texts)
{
    /// <summary>Larger ones are made anew each time, in bytes.</summary>
    public const int LargestKept = 1024;

    private const int Ways = 4;

    private readonly Pooled?[] _places = new Pooled?[capacity];

    /// <summary>Reads a map of strings.</summary>
    /// <param name="body">The record.</param>
    /// <param name="reader">A reader of it, at the map; behind it afterwards.</param>
    /// <exception cref="AvroDataException">The bytes are no such map.</exception>
    public Pooled Read(ReadOnlySpan<byte> body, ref AvroReader reader)
    {
        var start = reader.Position;
        for (var count = reader.ReadBlock(2); count > 0; count = reader.ReadBlock(2))
        {
            for (var i = 2 * count; i > 0; i--) reader.ReadBytesSpan();
        }

        var bytes = body[start..reader.Position];
        return bytes is [0] ? Pooled.None : bytes.Length > LargestKept ? Make(bytes) : Find(bytes);
    }

    private Pooled Find(ReadOnlySpan<byte> bytes)
    {
        var hash = ContentHash.Of(bytes);
        var set = _places.AsSpan((int)(hash & (ulong)(_places.Length - 1)) & ~(Ways - 1), Ways);
        var free = (int)(hash >> 62);
        for (var i = 0; i < set.Length; i++)
        {
            if (set[i] is not { } place) free = i;
            else if (place.Bytes.AsSpan().SequenceEqual(bytes)) return place;
        }

        var made = Make(bytes);
        set[free] = made;
        return made;
    }

    private Pooled Make(ReadOnlySpan<byte> bytes)
    {
        var reader = new AvroReader(bytes);
        // Of a name that comes twice the last value counts, as everywhere in Avro.
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var count = reader.ReadBlock(2); count > 0; count = reader.ReadBlock(2))
        {
            for (var i = 0; i < count; i++)
            {
                var name = Text(ref reader);
                entries[name] = Text(ref reader);
            }
        }

        return new Pooled(bytes.ToArray(), PropertySet.Of(entries), HashOf(entries));
    }

    private string Text(ref AvroReader reader)
    {
        var start = reader.Position;
        return texts.TryGet(reader.ReadBytesSpan()) ?? throw new AvroDataException("a property is not valid UTF-8", start);
    }

    // A sum, since the order of a map says nothing.
    private static ulong HashOf(Dictionary<string, string> entries)
    {
        var sum = 0UL;
        foreach (var (name, value) in entries)
        {
            var hash = default(ContentHash);
            hash.Add(Encoding.UTF8.GetBytes(name));
            hash.Add(Encoding.UTF8.GetBytes(value));
            sum = unchecked(sum + hash.Value);
        }

        return sum;
    }

    /// <summary>A set of properties.</summary>
    /// <param name="Bytes">What it was read from.</param>
    /// <param name="Set">The properties.</param>
    /// <param name="Hash">Hash of names and values, whatever their order.</param>
    internal sealed record Pooled(byte[] Bytes, PropertySet Set, ulong Hash)
    {
        public static Pooled None { get; } = new([0], PropertySet.None, 0);
    }
}
