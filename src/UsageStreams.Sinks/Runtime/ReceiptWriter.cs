using System.Buffers;
using System.Text;
using Confluent.Kafka;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Sinks.Runtime;

/// <summary>Writes what the remote system answered: key document, partition by account.</summary>
internal sealed class ReceiptWriter<TDocument>(string system, string topic, int partitions, ISerde<Receipt> receipts, TimeProvider clock)
{
    public (TopicPartition Place, Message<byte[], byte[]> Message) Write(Parcel<TDocument> parcel)
    {
        var (delivery, outcome) = (parcel.Delivery, parcel.Outcome!);
        var receipt = new Receipt
        {
            Document = delivery.Id,
            Account = delivery.Account,
            System = system,
            Status = outcome.IsAccepted ? ReceiptStatus.Accepted : ReceiptStatus.Refused,
            RemoteId = outcome.RemoteId,
            Attempts = parcel.Calls,
            PayloadHash = outcome.PayloadHash,
            Time = clock.GetUtcNow(),
            Error = outcome.Error,
        };
        var value = new ArrayBufferWriter<byte>();
        receipts.Serialize(receipt, value);
        var message = new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(delivery.Id), Value = value.WrittenSpan.ToArray(), Headers = Headers(delivery),
        };
        return (new TopicPartition(topic, Partitioners.Murmur2(delivery.Account, partitions)), message);
    }

    private static Headers Headers(Delivery<TDocument> delivery)
    {
        var headers = new Headers();
        if (delivery.CorrelationId is { } correlation) headers.Add(Trace.CorrelationHeader, Encoding.UTF8.GetBytes(correlation));
        if (delivery.Traceparent is { } traceparent) headers.Add(Trace.TraceparentHeader, Encoding.UTF8.GetBytes(traceparent));
        return headers;
    }
}
