using System.Numerics;
using System.Text;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>Writes one record of a batch: https://kafka.apache.org/documentation/#record. Lengths and deltas are zig-zag varints.</summary>
internal ref struct RecordWriter(Span<byte> target)
{
    private const int Null = -1;

    private readonly Span<byte> _target = target;
    private int _position;

    /// <summary>Bytes of a record after its own length.</summary>
    public static int BodyBytes(in OutputRecord record, long timestampDelta, int offsetDelta)
    {
        int bytes = 1 + SizeOf(timestampDelta) + SizeOf(offsetDelta) + SizeOf(record.Headers.Count);
        bytes += record.HasKey ? SizeOf(record.Key.Length) + record.Key.Length : SizeOf(Null);
        bytes += record.HasValue ? SizeOf(record.Value.Length) + record.Value.Length : SizeOf(Null);
        for (int i = 0; i < record.Headers.Count; i++)
            bytes += BytesOf(record.Headers[i]);
        return bytes;
    }

    /// <summary>Bytes of a number as a zig-zag varint: seven bits in each.</summary>
    public static int SizeOf(long value) => (70 - BitOperations.LeadingZeroCount(ZigZag(value) | 1)) / 7;

    public void Write(in OutputRecord record, int bodyBytes, long timestampDelta, int offsetDelta)
    {
        WriteNumber(bodyBytes);
        _target[_position++] = 0;
        WriteNumber(timestampDelta);
        WriteNumber(offsetDelta);
        WriteBytes(record.Key, record.HasKey);
        WriteBytes(record.Value, record.HasValue);
        WriteNumber(record.Headers.Count);
        for (int i = 0; i < record.Headers.Count; i++)
            WriteHeader(record.Headers[i]);
    }

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static int BytesOf(RecordHeader header)
    {
        int key = Encoding.UTF8.GetByteCount(header.Key);
        int value = header.Value is null ? SizeOf(Null) : SizeOf(header.Value.Length) + header.Value.Length;
        return SizeOf(key) + key + value;
    }

    private void WriteHeader(RecordHeader header)
    {
        WriteNumber(Encoding.UTF8.GetByteCount(header.Key));
        _position += Encoding.UTF8.GetBytes(header.Key, _target[_position..]);
        WriteBytes(header.Value, header.Value is not null);
    }

    private void WriteBytes(ReadOnlySpan<byte> bytes, bool isThere)
    {
        if (!isThere)
        {
            WriteNumber(Null);
            return;
        }

        WriteNumber(bytes.Length);
        bytes.CopyTo(_target[_position..]);
        _position += bytes.Length;
    }

    private void WriteNumber(long value)
    {
        ulong rest = ZigZag(value);
        for (; rest >= 0x80; rest >>= 7)
            _target[_position++] = (byte)(rest | 0x80);
        _target[_position++] = (byte)rest;
    }
}
