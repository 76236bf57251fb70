using System.Diagnostics.CodeAnalysis;

namespace UsageStreams.Avro;

/// <summary>Throws, out of the way of the paths that don't.</summary>
internal static class AvroFault
{
    [DoesNotReturn]
    public static void Data(string message, int position) => throw new AvroDataException(message, position);

    [DoesNotReturn]
    public static void Value(string message) => throw new AvroDataException(message);

    [DoesNotReturn]
    public static void Truncated(int position, int wanted, int remaining) =>
        throw new AvroDataException($"the data ends early: {wanted} more bytes are needed, {remaining} are left", position);

    [DoesNotReturn]
    public static void Length(int position, long length, int remaining) => throw new AvroDataException(
        length < 0 ? $"length {length} is negative" : $"length {length} is more than the {remaining} bytes that are left", position);

    [DoesNotReturn]
    public static void Items(int position, long count, int minimumItemSize, int remaining) => throw new AvroDataException(
        minimumItemSize > 0
            ? $"a block of {(ulong)count} items of at least {minimumItemSize} bytes does not fit in the {remaining} bytes that are left"
            : $"a message may hold at most {AvroReader.MaxEmptyItems} items that take no bytes; this block brings {(ulong)count} more",
        position);
}
