using System.Buffers.Binary;
using UsageStreams.Protocol;

namespace UsageStreams.Streams.Internal.State;

/// <summary>
/// A batch of a state log: length, CRC-32C, checkpoint, records. All or nothing of it is believed. Integers are little-endian.
/// </summary>
/// <param name="stores">Number of the task's stores.</param>
internal sealed class LogBatch(int stores)
{
    public const int FrameBytes = 8;
    public const int RecordOverhead = 10;
    private const int FixedHeaderBytes = 20;
    private const long Unknown = -1;

    private readonly int _head = FrameBytes + HeaderBytes(stores);
    private byte[] _bytes = new byte[4096];
    private int _length = FrameBytes + HeaderBytes(stores);

    public int Records { get; private set; }

    public int Length => _length;

    public static int HeaderBytes(int stores) => FixedHeaderBytes + (8 * stores);

    /// <summary>The record at an offset that <see cref="Add"/> gave.</summary>
    public ReadOnlySpan<byte> At(int offset) => _bytes.AsSpan(offset, _length - offset);

    /// <summary>Adds a record.</summary>
    /// <returns>Its offset in the batch.</returns>
    public int Add(int store, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool deleted)
    {
        int offset = _length;
        int size = RecordOverhead + key.Length + value.Length;
        if (_length + size > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + size));
        Span<byte> record = _bytes.AsSpan(offset, size);
        record[0] = (byte)store;
        record[1] = deleted ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(record[2..], key.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record[6..], value.Length);
        key.CopyTo(record[RecordOverhead..]);
        value.CopyTo(record[(RecordOverhead + key.Length)..]);
        _length += size;
        Records++;
        return offset;
    }

    /// <summary>The batch's bytes; the next call begins a new one.</summary>
    /// <param name="checkpoint">What the state stands for with this batch.</param>
    /// <param name="oldest">Number of the oldest segment that the state needs.</param>
    public ReadOnlySpan<byte> Finish(Checkpoint checkpoint, int oldest)
    {
        Span<byte> all = _bytes.AsSpan(0, _length);
        BinaryPrimitives.WriteInt64LittleEndian(all[FrameBytes..], checkpoint.Input ?? Unknown);
        BinaryPrimitives.WriteInt64LittleEndian(all[(FrameBytes + 8)..], checkpoint.AsOf);
        BinaryPrimitives.WriteInt32LittleEndian(all[(FrameBytes + 16)..], oldest);
        for (int store = 0; store < stores; store++)
            BinaryPrimitives.WriteInt64LittleEndian(all[(FrameBytes + FixedHeaderBytes + (8 * store))..], checkpoint.Changelogs[store]);
        Span<byte> payload = all[FrameBytes..];
        BinaryPrimitives.WriteInt32LittleEndian(all, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(all[4..], Crc32C.Compute(payload));
        _length = _head;
        Records = 0;
        return all;
    }

    /// <summary>Forgets what was added.</summary>
    public void Drop() => (_length, Records) = (_head, 0);

    public static Checkpoint ReadCheckpoint(ReadOnlySpan<byte> payload, int stores, out int oldest)
    {
        oldest = BinaryPrimitives.ReadInt32LittleEndian(payload[16..]);
        long input = BinaryPrimitives.ReadInt64LittleEndian(payload);
        long[] changelogs = new long[stores];
        for (int store = 0; store < stores; store++)
            changelogs[store] = BinaryPrimitives.ReadInt64LittleEndian(payload[(FixedHeaderBytes + (8 * store))..]);
        return new Checkpoint(input == Unknown ? null : input, BinaryPrimitives.ReadInt64LittleEndian(payload[8..]), changelogs);
    }

    /// <summary>Reads the record that begins <paramref name="bytes"/>.</summary>
    public static LogRecord ReadRecord(ReadOnlySpan<byte> bytes, LogPosition position, out int size)
    {
        int keyLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[2..]);
        int valueLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[6..]);
        size = RecordOverhead + keyLength + valueLength;
        return new LogRecord
        {
            Store = bytes[0],
            IsDeleted = bytes[1] != 0,
            Key = bytes.Slice(RecordOverhead, keyLength),
            Value = bytes.Slice(RecordOverhead + keyLength, valueLength),
            Position = position,
        };
    }
}
