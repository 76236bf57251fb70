using UsageStreams.Embedded.Groups;
using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Transactions;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>AddPartitionsToTxn 0 to 3 (flexible); later versions are between brokers. 2 knows PRODUCER_FENCED, older ones get 47.</summary>
internal sealed class AddPartitionsToTxn(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.AddPartitionsToTxn, 0, 3, 3);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var reader = request.Reader;
        string id = reader.ReadString();
        var producer = new ProducerIdentity(reader.ReadInt64(), reader.ReadInt16());
        var partitions = new List<TopicPartition>();
        for (int topics = reader.ReadArrayLength(); topics > 0; topics--)
        {
            string topic = reader.ReadString();
            partitions.AddRange(reader.ReadInt32Array().Select(index => new TopicPartition(topic, index)));
            reader.SkipTags();
        }

        var unknown = partitions.Where(partition => broker.Topics.FindPartition(partition.Topic, partition.Partition) is null).ToHashSet();
        var error = unknown.Count > 0
            ? ErrorCode.OperationNotAttempted
            : BrokerParts.Guard(() => request.Refusal ?? broker.Transactions.Find(id)?.AddPartitions(producer, partitions) ?? ErrorCode.InvalidProducerIdMapping);
        error = TransactionErrors.ForVersion(error, request.Version, fencedSince: 2);
        Write(request, partitions, partition => unknown.Contains(partition) ? ErrorCode.UnknownTopicOrPartition : error);
        return ValueTask.CompletedTask;
    }

    private static void Write(Request request, List<TopicPartition> partitions, Func<TopicPartition, ErrorCode> error)
    {
        var writer = request.Writer;
        request.WriteNoThrottle();
        var byTopic = partitions.GroupBy(partition => partition.Topic, StringComparer.Ordinal).ToArray();
        writer.WriteArrayLength(byTopic.Length);
        foreach (var topic in byTopic)
        {
            writer.WriteString(topic.Key);
            writer.WriteArrayLength(topic.Count());
            foreach (var partition in topic)
            {
                writer.WriteInt32(partition.Partition);
                writer.WriteError(error(partition));
                writer.WriteNoTags();
            }

            writer.WriteNoTags();
        }

        writer.WriteNoTags();
    }
}
