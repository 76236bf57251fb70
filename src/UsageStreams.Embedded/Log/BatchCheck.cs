using UsageStreams.Embedded.Protocol;

namespace UsageStreams.Embedded.Log;

/// <summary>What a topic takes.</summary>
internal readonly record struct BatchLimits(int MaxBytes, bool NeedsKeys, bool AllowsZstd, long LatestTimestamp);

/// <summary>Kafka's checks of a batch that a client sends (LogValidator, UnifiedLog), as far as the header tells.</summary>
internal static class BatchCheck
{
    private const int Gzip = 1;
    private const int Zstd = 4;

    public static ErrorCode Check(ReadOnlySpan<byte> batch, BatchLimits limits, out BatchHeader header, out string? problem)
    {
        header = default;
        if (batch.Length < BatchHeader.Length)
            return Refuse(ErrorCode.InvalidRecord, $"{batch.Length} bytes are too few for a record batch.", out problem);
        header = BatchHeader.Read(batch);
        if (header.Magic != 2)
            return Refuse(ErrorCode.InvalidRecord, $"The record format is {header.Magic}; only 2 is taken.", out problem);
        if (header.Size != batch.Length)
        {
            return header.Size >= BatchHeader.Length && header.Size < batch.Length
                ? Refuse(ErrorCode.InvalidRecord, "More than one record batch came for a partition.", out problem)
                : Refuse(ErrorCode.CorruptMessage, $"The batch says it has {header.Size} bytes, {batch.Length} came.", out problem);
        }

        if (header.Size > limits.MaxBytes)
            return Refuse(ErrorCode.MessageTooLarge, $"The batch has {header.Size} bytes, the topic takes {limits.MaxBytes} (max.message.bytes).", out problem);
        if (!header.HasValidCrc(batch))
            return Refuse(ErrorCode.CorruptMessage, "The checksum of the batch is wrong.", out problem);
        return CheckFields(batch, header, limits, out problem);
    }

    private static ErrorCode CheckFields(ReadOnlySpan<byte> batch, in BatchHeader header, BatchLimits limits, out string? problem)
    {
        if (header.BaseOffset != 0)
            return Refuse(ErrorCode.InvalidRecord, $"The base offset is {header.BaseOffset}; a client sends 0.", out problem);
        if (header.RecordCount <= 0 || header.RecordCount != header.LastOffsetDelta + 1)
            return Refuse(ErrorCode.InvalidRecord, $"{header.RecordCount} records do not fit a last offset delta of {header.LastOffsetDelta}.", out problem);
        if (header.IsControl)
            return Refuse(ErrorCode.InvalidRecord, "Control batches are the broker's to write.", out problem);
        if (header.ProducerId >= 0 && (header.BaseSequence < 0 || header.ProducerEpoch < 0))
            return Refuse(ErrorCode.InvalidRecord, "The batch has a producer id and no sequence or epoch.", out problem);
        if (header.HasLogAppendTime)
            return Refuse(ErrorCode.InvalidTimestamp, "Only the broker may set the time of append.", out problem);
        if (header.MaxTimestamp > limits.LatestTimestamp)
        {
            string text = $"The timestamp {header.MaxTimestamp} is later than {limits.LatestTimestamp}, the latest that is taken now ({Topics.TopicConfigs.TimestampAfterMax}).";
            return Refuse(ErrorCode.InvalidTimestamp, text, out problem);
        }

        if (header.Codec > Zstd || (header.Codec == Zstd && !limits.AllowsZstd))
            return Refuse(ErrorCode.UnsupportedCompressionType, $"Compression {header.Codec} is not taken in this version of the request.", out problem);
        if (limits.NeedsKeys && header.Codec < Gzip && RecordWalk.HasKeyless(batch, header))
            return Refuse(ErrorCode.InvalidRecord, "A record without key came for a compacted topic.", out problem);
        problem = null;
        return ErrorCode.None;
    }

    private static ErrorCode Refuse(ErrorCode error, string text, out string? problem)
    {
        problem = text;
        return error;
    }
}
