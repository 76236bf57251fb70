namespace UsageStreams.Avro;

/// <summary>Reads one item.</summary>
/// <typeparam name="T">Type of the item.</typeparam>
/// <param name="reader">Stands at the item.</param>
public delegate T AvroRead<out T>(ref AvroReader reader);

/// <summary>Writes one item.</summary>
/// <typeparam name="T">Type of the item.</typeparam>
/// <param name="value">The item.</param>
/// <param name="writer">Where to.</param>
public delegate void AvroWrite<in T>(T value, ref AvroWriter writer);

/// <summary>Arrays and maps: any blocking is read, one block is written.</summary>
public static class AvroCollections
{
    // A map's entries are large beside the two bytes the smallest takes, so a hostile count must not size the table.
    private const int MaxMapCapacity = 1024;

    /// <summary>Reads an array.</summary>
    /// <typeparam name="T">Type of an item.</typeparam>
    /// <param name="reader">Stands at the array.</param>
    /// <param name="minimumItemSize">Fewest bytes an item takes.</param>
    /// <param name="read">Reads an item.</param>
    /// <exception cref="AvroDataException">The bytes are not such an array.</exception>
    public static T[] ReadArray<T>(ref AvroReader reader, int minimumItemSize, AvroRead<T> read)
    {
        var count = reader.ReadBlock(minimumItemSize);
        if (count == 0)
            return [];
        var items = new T[count];
        var filled = 0;
        while (true)
        {
            while (filled < items.Length)
                items[filled++] = read(ref reader);
            // Nearly always 0: the usual writer uses one block.
            count = reader.ReadBlock(minimumItemSize);
            if (count == 0)
                return items;
            Array.Resize(ref items, filled + count);
        }
    }

    /// <summary>Writes an array.</summary>
    /// <typeparam name="T">Type of an item.</typeparam>
    /// <param name="items">The items.</param>
    /// <param name="writer">Where to.</param>
    /// <param name="write">Writes an item.</param>
    /// <exception cref="AvroDataException">An item does not fit its schema.</exception>
    public static void WriteArray<T>(IReadOnlyList<T> items, ref AvroWriter writer, AvroWrite<T> write)
    {
        var count = items.Count;
        writer.WriteBlock(count);
        for (var i = 0; i < count; i++)
            write(items[i], ref writer);
        writer.WriteEnd();
    }

    /// <summary>Reads a map. Of a key that comes twice the last value counts.</summary>
    /// <typeparam name="T">Type of a value.</typeparam>
    /// <param name="reader">Stands at the map.</param>
    /// <param name="minimumItemSize">Fewest bytes a value takes, without its key.</param>
    /// <param name="read">Reads a value.</param>
    /// <exception cref="AvroDataException">The bytes are not such a map.</exception>
    public static Dictionary<string, T> ReadMap<T>(ref AvroReader reader, int minimumItemSize, AvroRead<T> read)
    {
        var count = reader.ReadBlock(1 + minimumItemSize);
        var entries = new Dictionary<string, T>(Math.Min(count, MaxMapCapacity), StringComparer.Ordinal);
        while (count > 0)
        {
            for (; count > 0; count--)
            {
                var key = reader.ReadString();
                entries[key] = read(ref reader);
            }

            count = reader.ReadBlock(1 + minimumItemSize);
        }

        return entries;
    }

    /// <summary>Writes a map, in the order the dictionary gives its entries.</summary>
    /// <typeparam name="T">Type of a value.</typeparam>
    /// <param name="entries">The entries.</param>
    /// <param name="writer">Where to.</param>
    /// <param name="write">Writes a value.</param>
    /// <exception cref="AvroDataException">A value does not fit its schema.</exception>
    public static void WriteMap<T>(IReadOnlyDictionary<string, T> entries, ref AvroWriter writer, AvroWrite<T> write)
    {
        writer.WriteBlock(entries.Count);
        if (entries is Dictionary<string, T> dictionary)
        {
            // Its own enumerator is a struct; the interface's is an allocation per map.
            foreach (var (key, value) in dictionary)
                WriteEntry(key, value, ref writer, write);
        }
        else if (entries.Count > 0)
        {
            foreach (var (key, value) in entries)
                WriteEntry(key, value, ref writer, write);
        }

        writer.WriteEnd();
    }

    private static void WriteEntry<T>(string key, T value, ref AvroWriter writer, AvroWrite<T> write)
    {
        writer.WriteString(key);
        write(value, ref writer);
    }
}
