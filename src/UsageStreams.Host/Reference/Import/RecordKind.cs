using System.Buffers;
using UsageStreams.Avro;
using UsageStreams.Topology;

namespace UsageStreams.Host.Reference.Import;

/// <summary>How records of one kind are built of rows, written as rows, told apart and stamped.</summary>
/// <typeparam name="T">The record.</typeparam>
/// <param name="Kind">Its kind.</param>
/// <param name="Topic">Its topic.</param>
/// <param name="Id">Its id, which is its key.</param>
/// <param name="Version">Its version.</param>
/// <param name="Stamp">The record with another version, actor and reason.</param>
/// <param name="Build">Makes it of its rows, telling what is wrong with them.</param>
/// <param name="Rows">Cells of its rows, in the order of the kind's columns.</param>
internal sealed record RecordKind<T>(
    ReferenceKind Kind,
    Func<UsageTopics, string> Topic,
    Func<T, string> Id,
    Func<T, int> Version,
    Func<T, int, string, string, T> Stamp,
    Func<RowGroup, T> Build,
    Func<T, IEnumerable<string?[]>> Rows)
    where T : class, IAvroRecord<T>
{
    /// <summary>What a record says, without who said it and how often it changed: two that say the same have the same bytes.</summary>
    public byte[] Content(T value)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        var writer = new AvroWriter(bytes);
        T.Write(Stamp(value, 1, "", ""), ref writer);
        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }
}
