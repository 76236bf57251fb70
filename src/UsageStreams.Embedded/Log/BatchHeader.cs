using System.Buffers.Binary;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Log;

/// <summary>
/// The 61 bytes in front of every record batch of format 2, the only format that is stored. Everything the broker decides about a batch
/// it decides by this header; the records stay closed.
/// </summary>
internal readonly record struct BatchHeader(
    long BaseOffset,
    int Size,
    int LeaderEpoch,
    byte Magic,
    uint Crc,
    short Attributes,
    int LastOffsetDelta,
    long BaseTimestamp,
    long MaxTimestamp,
    long ProducerId,
    short ProducerEpoch,
    int BaseSequence,
    int RecordCount)
{
    public const int Length = 61;
    public const int SizePrefix = 12;
    private const int CrcStart = 21;
    private const short LogAppendTime = 0x08;

    public long LastOffset => BaseOffset + LastOffsetDelta;

    public bool IsTransactional => (Attributes & 0x10) != 0;

    public bool IsControl => (Attributes & 0x20) != 0;

    public bool HasLogAppendTime => (Attributes & LogAppendTime) != 0;

    /// <summary>When the broker appended it, Unix ms, which is the time of all its records; -1 where those have times of their own.</summary>
    public long AppendTime => HasLogAppendTime ? MaxTimestamp : -1;

    public int Codec => Attributes & 0x07;

    /// <summary>Sequence numbers wrap from 2^31-1 to 0.</summary>
    public int LastSequence => (int)(((long)BaseSequence + LastOffsetDelta) & int.MaxValue);

    public static BatchHeader Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64BigEndian(bytes),
        SizePrefix + BinaryPrimitives.ReadInt32BigEndian(bytes[8..]),
        BinaryPrimitives.ReadInt32BigEndian(bytes[12..]),
        bytes[16],
        BinaryPrimitives.ReadUInt32BigEndian(bytes[17..]),
        BinaryPrimitives.ReadInt16BigEndian(bytes[21..]),
        BinaryPrimitives.ReadInt32BigEndian(bytes[23..]),
        BinaryPrimitives.ReadInt64BigEndian(bytes[27..]),
        BinaryPrimitives.ReadInt64BigEndian(bytes[35..]),
        BinaryPrimitives.ReadInt64BigEndian(bytes[43..]),
        BinaryPrimitives.ReadInt16BigEndian(bytes[51..]),
        BinaryPrimitives.ReadInt32BigEndian(bytes[53..]),
        BinaryPrimitives.ReadInt32BigEndian(bytes[57..]));

    public static long ReadBaseOffset(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64BigEndian(bytes);

    public static int ReadSize(ReadOnlySpan<byte> bytes) => SizePrefix + BinaryPrimitives.ReadInt32BigEndian(bytes[8..]);

    public static long ReadLastOffset(ReadOnlySpan<byte> bytes) =>
        ReadBaseOffset(bytes) + BinaryPrimitives.ReadInt32BigEndian(bytes[23..]);

    /// <summary>Offset and leader epoch lie outside the checksum, so a batch can be placed without touching it.</summary>
    public static void Place(Span<byte> batch, long baseOffset, int leaderEpoch)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch, baseOffset);
        BinaryPrimitives.WriteInt32BigEndian(batch[12..], leaderEpoch);
    }

    /// <summary>This header of a batch that is to get the broker's time when it is appended.</summary>
    public BatchHeader WithLogAppendTime() => this with { Attributes = (short)(Attributes | LogAppendTime) };

    /// <summary>Gives all records of the batch this time. The records themselves stay as they are, compressed or not: readers go by the header.</summary>
    public BatchHeader Stamp(Span<byte> batch, long time)
    {
        BinaryPrimitives.WriteInt16BigEndian(batch[21..], Attributes);
        BinaryPrimitives.WriteInt64BigEndian(batch[35..], time);
        uint crc = Crc32C.Compute(batch[CrcStart..Size]);
        BinaryPrimitives.WriteUInt32BigEndian(batch[17..], crc);
        return this with { MaxTimestamp = time, Crc = crc };
    }

    public bool HasValidCrc(ReadOnlySpan<byte> batch) => Crc32C.Compute(batch[CrcStart..Size]) == Crc;
}
