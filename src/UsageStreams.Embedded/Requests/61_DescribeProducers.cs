using UsageStreams.Embedded.Log;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>DescribeProducers 0, flexible: who writes to a partition, and since which offset a transaction is open.</summary>
internal sealed class DescribeProducers(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.DescribeProducers, 0, 0, 0);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var (reader, writer) = (request.Reader, request.Writer);
        request.WriteNoThrottle();
        int topics = reader.ReadArrayLength();
        writer.WriteArrayLength(topics);
        for (; topics > 0; topics--)
        {
            string name = reader.ReadString();
            int[] partitions = reader.ReadInt32Array();
            reader.SkipTags();
            writer.WriteString(name);
            writer.WriteArrayLength(partitions.Length);
            foreach (int index in partitions)
                WritePartition(writer, index, broker.Topics.FindPartition(name, index));
            writer.WriteNoTags();
        }

        writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }

    private static void WritePartition(WireWriter writer, int index, PartitionLog? log)
    {
        writer.WriteInt32(index);
        writer.WriteError(log is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.None);
        writer.WriteNullableString(null);
        if (log is null)
            writer.WriteArrayLength(0);
        else
            log.ReadProducers(producers => WriteProducers(writer, producers));
        writer.WriteNoTags();
    }

    private static int WriteProducers(WireWriter writer, IReadOnlyDictionary<long, ProducerEntry> producers)
    {
        writer.WriteArrayLength(producers.Count);
        foreach (var (id, entry) in producers)
        {
            writer.WriteInt64(id);
            writer.WriteInt32(entry.Epoch);
            writer.WriteInt32(entry.LastSequence);
            writer.WriteInt64(entry.LastTimestamp);
            writer.WriteInt32(0);
            writer.WriteInt64(entry.TransactionFirstOffset);
            writer.WriteNoTags();
        }

        return producers.Count;
    }
}
