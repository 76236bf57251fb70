using UsageStreams.Embedded.Protocol;
using UsageStreams.Embedded.Transactions;
using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>DescribeTransactions 0, flexible: state, producer and partitions of transactional ids.</summary>
internal sealed class DescribeTransactions(BrokerParts broker) : IRequestHandler
{
    public ApiVersionRange Versions { get; } = new(ApiKey.DescribeTransactions, 0, 0, 0);

    public ValueTask HandleAsync(Request request, CancellationToken cancellation)
    {
        var writer = request.Writer;
        string[] ids = request.Reader.ReadStringArray();
        request.WriteNoThrottle();
        writer.WriteArrayLength(ids.Length);
        foreach (string id in ids)
        {
            var known = broker.Transactions.Find(id)?.Record;
            writer.WriteError(known is null ? ErrorCode.TransactionalIdNotFound : ErrorCode.None);
            WriteTransaction(writer, known ?? TransactionRecord.New(id, -1, 0));
        }

        writer.WriteNoTags();
        return ValueTask.CompletedTask;
    }

    private static void WriteTransaction(WireWriter writer, TransactionRecord record)
    {
        writer.WriteString(record.TransactionalId);
        writer.WriteString(record.State.ToString());
        writer.WriteInt32(record.TimeoutMs);
        writer.WriteInt64(record.StartedAtMs);
        writer.WriteInt64(record.ProducerId);
        writer.WriteInt16(record.Epoch);
        var byTopic = record.Partitions.GroupBy(partition => partition.Topic, StringComparer.Ordinal).ToArray();
        writer.WriteArrayLength(byTopic.Length);
        foreach (var topic in byTopic)
        {
            writer.WriteString(topic.Key);
            writer.WriteInt32Array([.. topic.Select(partition => partition.Partition)]);
            writer.WriteNoTags();
        }

        writer.WriteNoTags();
    }
}
