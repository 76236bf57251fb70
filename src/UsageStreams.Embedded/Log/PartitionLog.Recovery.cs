using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace UsageStreams.Embedded.Log;

internal sealed partial class PartitionLog
{
    /// <summary>
    /// Opens a partition's folder: walks every batch, checks its checksum, cuts what a kill left half written, and learns producers and
    /// transactions anew. A batch that is broken in the middle ends the log there, and later segments are dropped: offsets stay gapless.
    /// </summary>
    public static PartitionLog Open(string topic, int partition, string folder, long start, LogSettings settings, ILogger logger)
    {
        settings.Disk.CreateFolder(folder);
        var log = new PartitionLog(topic, partition, folder, start, settings);
        long[] bases = [.. Directory.EnumerateFiles(folder, "*.log")
            .Select(path => long.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture)).Order()];
        log._end = bases.Length > 0 ? bases[0] : start;
        foreach (long baseOffset in bases)
            log.RecoverSegment(new LogSegment(folder, baseOffset, settings.Disk), logger);
        if (log._segments.Count == 0)
            log._segments.Add(new LogSegment(folder, log._end, settings.Disk));
        log._start = Math.Clamp(start, log._segments[0].BaseOffset, log._end);
        return log;
    }

    private void RecoverSegment(LogSegment segment, ILogger logger)
    {
        if (segment.BaseOffset != _end)
        {
            BrokerLog.TailCut(logger, segment.FilePath, segment.FileLength, _end);
            segment.Delete();
            return;
        }

        _segments.Add(segment);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1024 * 1024);
        long length = segment.FileLength;
        while (length - segment.Size >= BatchHeader.Length)
        {
            int read = segment.ReadAt(buffer, segment.Size);
            int taken = RecoverBatches(segment, buffer.AsSpan(0, read));
            if (taken > 0)
                continue;
            int needed = BatchHeader.ReadSize(buffer);
            if (needed <= read || needed > length - segment.Size)
                break;
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = ArrayPool<byte>.Shared.Rent(needed);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        if (segment.Size == length)
            return;
        BrokerLog.TailCut(logger, segment.FilePath, length - segment.Size, _end);
        segment.CutTo(segment.Size);
    }

    private int RecoverBatches(LogSegment segment, ReadOnlySpan<byte> bytes)
    {
        int position = 0;
        while (bytes.Length - position >= BatchHeader.Length)
        {
            var batch = bytes[position..];
            var header = BatchHeader.Read(batch);
            if (header.Size < BatchHeader.Length || header.Size > batch.Length || header.Magic != 2
                || header.BaseOffset != _end || header.LastOffsetDelta < 0 || !header.HasValidCrc(batch))
                break;
            segment.Account(header, header.Size);
            if (header.IsControl)
                _producers.EndTransaction(header, ControlBatch.IsCommit(batch), _settings.Now);
            else if (header.ProducerId >= 0)
                _producers.Append(header, _settings.Now);
            _end = header.LastOffset + 1;
            position += header.Size;
        }

        return position;
    }
}
