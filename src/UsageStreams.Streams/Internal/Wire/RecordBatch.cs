using System.Buffers.Binary;
using UsageStreams.Protocol;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>
/// Records of one partition in the bytes that the broker stores: a record batch of version 2, as
/// https://kafka.apache.org/documentation/#recordbatch has it. Written by the stream thread until it is sealed, and sent from where it was written.
/// </summary>
internal sealed class RecordBatch(BufferPool buffers)
{
    /// <summary>Bytes of a batch without records.</summary>
    public const int HeaderBytes = 61;

    private const int LengthEnd = 12;
    private const int ChecksumEnd = 21;
    private const short Transactional = 0x10;

    private byte[] _bytes = buffers.Rent(HeaderBytes);
    private long _firstTimestamp;
    private long _lastTimestamp;

    /// <summary>Bytes written, the header's included.</summary>
    public int Length { get; private set; } = HeaderBytes;

    public int Count { get; private set; }

    /// <summary>The number of its first record in the producer's sequence for the partition; negative until it is sealed.</summary>
    public int FirstSequence { get; private set; } = -1;

    /// <summary>The batch as it is sent; the memory is valid until <see cref="Release"/>.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>Adds a copy of the record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="timestamp">Its time, in Unix ms.</param>
    /// <param name="limit">Bytes that the batch may have; its first record it takes in any case.</param>
    /// <returns>False when the record does not fit.</returns>
    public bool TryAdd(in OutputRecord record, long timestamp, int limit)
    {
        if (Count == 0)
            _firstTimestamp = _lastTimestamp = timestamp;
        int body = RecordWriter.BodyBytes(in record, timestamp - _firstTimestamp, Count);
        int size = RecordWriter.SizeOf(body) + body;
        if (Count > 0 && size > limit - Length)
            return false;
        Reserve(size);
        new RecordWriter(_bytes.AsSpan(Length, size)).Write(in record, body, timestamp - _firstTimestamp, Count);
        Length += size;
        Count++;
        _lastTimestamp = Math.Max(_lastTimestamp, timestamp);
        return true;
    }

    /// <summary>Writes the header; nothing can be added any more.</summary>
    public void Seal(ProducerIdentity producer, int firstSequence, bool transactional)
    {
        FirstSequence = firstSequence;
        Span<byte> header = _bytes.AsSpan(0, HeaderBytes);
        BinaryPrimitives.WriteInt64BigEndian(header, 0);
        BinaryPrimitives.WriteInt32BigEndian(header[8..], Length - LengthEnd);
        BinaryPrimitives.WriteInt32BigEndian(header[12..], -1);
        header[16] = 2;
        BinaryPrimitives.WriteInt16BigEndian(header[21..], transactional ? Transactional : (short)0);
        BinaryPrimitives.WriteInt32BigEndian(header[23..], Count - 1);
        BinaryPrimitives.WriteInt64BigEndian(header[27..], _firstTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(header[35..], _lastTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(header[43..], producer.Id);
        BinaryPrimitives.WriteInt16BigEndian(header[51..], producer.Epoch);
        BinaryPrimitives.WriteInt32BigEndian(header[53..], firstSequence);
        BinaryPrimitives.WriteInt32BigEndian(header[57..], Count);
        BinaryPrimitives.WriteUInt32BigEndian(header[17..], Crc32C.Compute(_bytes.AsSpan(ChecksumEnd, Length - ChecksumEnd)));
    }

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        byte[] bytes = _bytes;
        (_bytes, Length, Count) = ([], 0, 0);
        if (bytes.Length > 0)
            buffers.Return(bytes);
    }

    private void Reserve(int size)
    {
        if (_bytes.Length - Length >= size)
            return;
        byte[] larger = buffers.Rent(Math.Max(_bytes.Length + 1, Length + size));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        buffers.Return(_bytes);
        _bytes = larger;
    }
}

/// <summary>Whose records a broker takes: a producer id, of which only the highest epoch may write.</summary>
internal readonly record struct ProducerIdentity(long Id, short Epoch);
