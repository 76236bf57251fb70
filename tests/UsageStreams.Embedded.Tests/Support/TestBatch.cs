using System.Buffers.Binary;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Tests.Support;

/// <summary>Builds record batches by hand, so that tests can send what no client library would.</summary>
internal sealed record TestBatch
{
    public long ProducerId { get; init; } = -1;

    public short Epoch { get; init; } = -1;

    public int Sequence { get; init; } = -1;

    public int Records { get; init; } = 1;

    public bool Transactional { get; init; }

    public bool Control { get; init; }

    public long Timestamp { get; init; } = 1_700_000_000_000;

    public byte[] ToBytes()
    {
        byte[] record = [0x10, 0, 0, 0, 0x01, 0x04, (byte)'o', (byte)'k', 0];
        byte[] batch = new byte[61 + (record.Length * Records)];
        var span = batch.AsSpan();
        BinaryPrimitives.WriteInt32BigEndian(span[8..], batch.Length - 12);
        span[16] = 2;
        BinaryPrimitives.WriteInt16BigEndian(span[21..], (short)((Transactional ? 0x10 : 0) | (Control ? 0x20 : 0)));
        BinaryPrimitives.WriteInt32BigEndian(span[23..], Records - 1);
        BinaryPrimitives.WriteInt64BigEndian(span[27..], Timestamp);
        BinaryPrimitives.WriteInt64BigEndian(span[35..], Timestamp);
        BinaryPrimitives.WriteInt64BigEndian(span[43..], ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(span[51..], Epoch);
        BinaryPrimitives.WriteInt32BigEndian(span[53..], Sequence);
        BinaryPrimitives.WriteInt32BigEndian(span[57..], Records);
        for (int i = 0; i < Records; i++)
        {
            record.CopyTo(span[(61 + (i * record.Length))..]);
            span[61 + (i * record.Length) + 3] = (byte)(i << 1);
        }

        BinaryPrimitives.WriteUInt32BigEndian(span[17..], Crc32C.Compute(span[21..]));
        return batch;
    }
}
