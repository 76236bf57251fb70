using System.Buffers.Binary;
using System.Text;
using UsageStreams.Protocol;

namespace UsageStreams.Streams.Internal.State;

/// <summary>A segment with its head, which says whose state it is, and what is known of its records.</summary>
internal sealed class LogSegment(Segment segment)
{
    private const int MagicNumber = 0x314c5355;
    private const int FixedHead = 12;
    private const int AfterBytes = 4;

    public Segment Segment { get; } = segment;

    public int Number => Segment.Number;

    /// <summary>Where batches begin.</summary>
    public int Start { get; private set; }

    /// <summary>Where they end, once they are loaded.</summary>
    public int End { get; set; }

    /// <summary>
    /// Where the segment before ended when this one was begun. A disk may lose that end in a power failure and keep this segment: then there is a hole.
    /// </summary>
    public int After { get; private set; }

    /// <summary>Records in it, and how many of them are the last of their key.</summary>
    public long Records { get; set; }

    public long Live { get; set; }

    public void WriteHead(string identity, int after)
    {
        byte[] text = Encoding.UTF8.GetBytes(identity);
        byte[] head = new byte[FixedHead + AfterBytes + text.Length];
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(FixedHead), after);
        text.CopyTo(head.AsSpan(FixedHead + AfterBytes));
        BinaryPrimitives.WriteInt32LittleEndian(head, MagicNumber);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), head.Length - FixedHead);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(8), Crc32C.Compute(head.AsSpan(FixedHead)));
        Segment.Append(head);
        Start = head.Length;
    }

    /// <exception cref="StaleStateException">It has no head, or that of another state.</exception>
    public void CheckHead(string identity)
    {
        if (Segment.Length < FixedHead)
            throw new StaleStateException($"segment {Number} has no head");
        ReadOnlySpan<byte> head = Segment.Read(0, FixedHead);
        int length = BinaryPrimitives.ReadInt32LittleEndian(head[4..]);
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
        if (BinaryPrimitives.ReadInt32LittleEndian(head) != MagicNumber || length < AfterBytes || FixedHead + (long)length > Segment.Length)
            throw new StaleStateException($"segment {Number} has no head");
        ReadOnlySpan<byte> payload = Segment.Read(FixedHead, length);
        if (Crc32C.Compute(payload) != checksum)
            throw new StaleStateException($"the head of segment {Number} is corrupt");
        After = BinaryPrimitives.ReadInt32LittleEndian(payload);
        string found = Encoding.UTF8.GetString(payload[AfterBytes..]);
        if (found != identity)
            throw new StaleStateException($"it belongs to '{found}' and is asked for by '{identity}'");
        Start = FixedHead + length;
    }

    /// <summary>The payload of the batch at <paramref name="offset"/>; empty when there is no whole and correct one.</summary>
    public ReadOnlySpan<byte> Batch(int offset, int stores)
    {
        if (offset + LogBatch.FrameBytes > Segment.Length)
            return default;
        ReadOnlySpan<byte> frame = Segment.Read(offset, LogBatch.FrameBytes);
        int length = BinaryPrimitives.ReadInt32LittleEndian(frame);
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]);
        if (length < LogBatch.HeaderBytes(stores) || offset + LogBatch.FrameBytes + (long)length > Segment.Length)
            return default;
        ReadOnlySpan<byte> payload = Segment.Read(offset + LogBatch.FrameBytes, length);
        return Crc32C.Compute(payload) == checksum ? payload : default;
    }

    /// <summary>The payload of a batch that is known to be correct; empty behind the last.</summary>
    public ReadOnlySpan<byte> Frame(int offset)
    {
        if (EndsAt(offset))
            return default;
        int length = BinaryPrimitives.ReadInt32LittleEndian(Segment.Read(offset, LogBatch.FrameBytes));
        return Segment.Read(offset + LogBatch.FrameBytes, length);
    }

    /// <summary>Whether the batches end here: a file is longer than what was written, by zeros.</summary>
    public bool EndsAt(int offset) => offset + LogBatch.FrameBytes > Segment.Length
        ? Segment.Read(offset, Segment.Length - offset).IndexOfAnyExcept((byte)0) < 0
        : BinaryPrimitives.ReadInt64LittleEndian(Segment.Read(offset, LogBatch.FrameBytes)) == 0;
}
