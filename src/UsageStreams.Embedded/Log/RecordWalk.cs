namespace UsageStreams.Embedded.Log;

/// <summary>Walks the records inside an uncompressed batch. Only lookups by time and the key rule of compacted topics need it.</summary>
internal static class RecordWalk
{
    /// <summary>First record of the batch at or after time and offset, or null. Of a compressed batch: its first record, whatever its time.</summary>
    public static (long Offset, long Timestamp)? FirstAtOrAfter(ReadOnlySpan<byte> batch, in BatchHeader header, long timestamp, long offset)
    {
        if (header.IsControl)
            return null;
        if (header.Codec != 0 || header.HasLogAppendTime)
            return (Math.Max(offset, header.BaseOffset), header.HasLogAppendTime ? header.MaxTimestamp : Math.Max(timestamp, header.BaseTimestamp));
        var rest = batch[BatchHeader.Length..header.Size];
        for (int i = 0; i < header.RecordCount; i++)
        {
            int length = checked((int)ReadVarint(ref rest));
            var record = rest[1..length];
            rest = rest[length..];
            long recordTime = header.BaseTimestamp + ReadVarint(ref record);
            long recordOffset = header.BaseOffset + ReadVarint(ref record);
            if (recordTime >= timestamp && recordOffset >= offset)
                return (recordOffset, recordTime);
        }

        return null;
    }

    /// <summary>Whether a record of the batch has no key, which a compacted topic cannot keep. Compressed batches are not opened.</summary>
    public static bool HasKeyless(ReadOnlySpan<byte> batch, in BatchHeader header)
    {
        if (header.Codec != 0)
            return false;
        var rest = batch[BatchHeader.Length..header.Size];
        for (int i = 0; i < header.RecordCount; i++)
        {
            int length = checked((int)ReadVarint(ref rest));
            var record = rest[1..length];
            rest = rest[length..];
            ReadVarint(ref record);
            ReadVarint(ref record);
            if (ReadVarint(ref record) < 0)
                return true;
        }

        return false;
    }

    private static long ReadVarint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        int index = 0;
        for (int shift = 0; ; shift += 7, index++)
        {
            if (shift > 63)
                throw new InvalidDataException("A variable-length integer in a record is longer than ten bytes.");
            value |= (ulong)(bytes[index] & 0x7f) << shift;
            if (bytes[index] < 0x80)
                break;
        }

        bytes = bytes[(index + 1)..];
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}
