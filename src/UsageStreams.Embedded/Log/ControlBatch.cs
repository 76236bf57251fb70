using System.Buffers.Binary;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Log;

/// <summary>The marker that ends a transaction in a partition: one control record (key: version, type; value: version, coordinator epoch).</summary>
internal static class ControlBatch
{
    public const int Size = 78;
    private const int KeyTypePosition = BatchHeader.Length + 7;

    /// <summary>Builds a marker without its offset, which <see cref="BatchHeader.Place"/> sets at append.</summary>
    public static byte[] EndTransaction(long producerId, short producerEpoch, bool commit, long timestamp)
    {
        byte[] batch = new byte[Size];
        var span = batch.AsSpan();
        BinaryPrimitives.WriteInt32BigEndian(span[8..], Size - BatchHeader.SizePrefix);
        span[16] = 2;
        BinaryPrimitives.WriteInt16BigEndian(span[21..], 0x30);
        BinaryPrimitives.WriteInt64BigEndian(span[27..], timestamp);
        BinaryPrimitives.WriteInt64BigEndian(span[35..], timestamp);
        BinaryPrimitives.WriteInt64BigEndian(span[43..], producerId);
        BinaryPrimitives.WriteInt16BigEndian(span[51..], producerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(span[53..], -1);
        BinaryPrimitives.WriteInt32BigEndian(span[57..], 1);
        // Zig-zag lengths: record 16, key 4, value 6; the coordinator epoch is 0, this node never hands it over.
        ReadOnlySpan<byte> record = [0x20, 0, 0, 0, 0x08, 0, 0, 0, commit ? (byte)1 : (byte)0, 0x0c, 0, 0, 0, 0, 0, 0, 0];
        record.CopyTo(span[BatchHeader.Length..]);
        BinaryPrimitives.WriteUInt32BigEndian(span[17..], Crc32C.Compute(span[21..]));
        return batch;
    }

    /// <summary>Whether a stored marker commits. Only markers written by <see cref="EndTransaction"/> are in a log: clients may not write control batches.</summary>
    public static bool IsCommit(ReadOnlySpan<byte> batch) => batch[KeyTypePosition + 1] == 1;
}
