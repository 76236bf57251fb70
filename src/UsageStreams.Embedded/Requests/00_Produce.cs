using UsageStreams.Embedded.Log;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Storage;
using UsageStreams.Embedded.Topics;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>
/// Produce, served from version 3 (record batches) to 11; advertised from 0, see <see cref="ApiVersionRange"/>. 5 adds the log start to
/// the answer, 7 allows zstd, 8 adds texts for rejected records, 9 is flexible. A batch is judged by its header and checksum alone, so
/// unlike Kafka the broker does not notice records that contradict the header.
/// </summary>
internal sealed class Produce(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.Produce, 0, 11, 9, FirstServed: 3);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var (reader, writer) = (request.Reader, request.Writer);
        string? transactionalId = reader.ReadNullableString();
        short acks = reader.ReadInt16();
        reader.ReadInt32();
        request.HasNoAnswer = acks == 0;
        int topics = reader.ReadArrayLength();
        writer.WriteArrayLength(topics);
        for (; topics > 0; topics--)
        {
            string name = reader.ReadString();
            var topic = broker.Topics.Find(name);
            writer.WriteString(name);
            int partitions = reader.ReadArrayLength();
            writer.WriteArrayLength(partitions);
            for (; partitions > 0; partitions--)
                AppendPartition(request, topic, transactionalId, acks);
            reader.SkipTags();
            writer.WriteNoTags();
        }

        request.WriteNoThrottle();
        writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }

    private void AppendPartition(Request request, Topic? topic, string? transactionalId, short acks)
    {
        int index = request.Reader.ReadInt32();
        var batch = request.Reader.ReadRecords();
        request.Reader.SkipTags();
        var log = topic?.Partition(index);
        string? problem = null;
        var result = new AppendResult(ErrorCode.UnknownTopicOrPartition, -1);
        if (acks is < -1 or > 1)
            result = new AppendResult(ErrorCode.InvalidRequiredAcks, -1);
        else if (request.Refusal is { } refusal)
            result = new AppendResult(refusal, -1);
        else if (log is not null)
            result = Append(log, topic!, batch, transactionalId, request.Version, out problem);
        if (request.HasNoAnswer && result.Error != ErrorCode.None)
        {
            // As in Kafka: without an answer, closing the connection is the only way to tell.
            throw new MalformedFrameException($"a batch for {topic?.Name} [{index}] sent with acks=0 is refused with {result.Error}.");
        }

        WriteResult(request, index, result, log?.Bounds.Start ?? -1, problem);
    }

    private AppendResult Append(PartitionLog log, Topic topic, Span<byte> batch, string? transactionalId, short version, out string? problem)
    {
        var limits = new BatchLimits(
            topic.MaxMessageBytes ?? broker.Options.MaxMessageBytes, topic.IsCompacted, AllowsZstd: version >= 7, topic.LatestTimestamp(broker.Time));
        var error = BatchCheck.Check(batch, limits, out var header, out problem);
        if (error == ErrorCode.None && header.IsTransactional && transactionalId is null)
            (error, problem) = (ErrorCode.InvalidTxnState, "A transactional batch came in a request without a transactional id.");
        if (error != ErrorCode.None)
            return new AppendResult(error, -1);
        if (topic.HasLogAppendTime)
            header = header.WithLogAppendTime();
        try
        {
            var result = log.Append(batch, header, verified: false);
            if (!result.NeedsVerification)
                return result;
            return broker.Transactions.Find(transactionalId!) is { } transaction
                ? transaction.AppendFirst(log, batch, header)
                : new AppendResult(ErrorCode.InvalidProducerIdMapping, -1);
        }
        catch (StorageException failure)
        {
            problem = failure.Message;
            return new AppendResult(ErrorCode.StorageError, -1);
        }
    }

    private static void WriteResult(Request request, int index, AppendResult result, long logStart, string? problem)
    {
        var writer = request.Writer;
        writer.WriteInt32(index);
        writer.WriteError(result.Error);
        writer.WriteInt64(result.BaseOffset);
        writer.WriteInt64(result.AppendTime);
        if (request.Version >= 5)
            writer.WriteInt64(logStart);
        if (request.Version >= 8)
        {
            writer.WriteArrayLength(0);
            writer.WriteNullableString(problem);
        }

        writer.WriteNoTags();
    }
}
