using System.Text;
using Confluent.Kafka;
using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Sinks.Runtime;

/// <summary>Finds the document in a record.</summary>
internal sealed class RecordReader<TDocument>(DocumentKind<TDocument> kind, ISerde<TDocument> documents)
{
    /// <summary>The document to deliver, or null: a watermark, or a document that isn't due.</summary>
    /// <exception cref="SinkStoppedException">The value can't be decoded; skipping it could lose a document.</exception>
    /// <exception cref="RetriableException">What is needed to decode it can't be had now.</exception>
    public Parcel<TDocument>? Read(ConsumeResult<byte[]?, byte[]?> record)
    {
        if (record.Message.Value is not { } value) return null;
        var document = Decode(value, record.TopicPartitionOffset);
        if (!kind.IsDue(document)) return null;
        var trace = kind.Trace(document);
        return new Parcel<TDocument>(new Delivery<TDocument>(
            kind.Id(document),
            kind.Account(document),
            document,
            Header(record, Trace.CorrelationHeader) ?? trace.CorrelationId,
            Header(record, Trace.TraceparentHeader) ?? trace.Traceparent));
    }

    private static string? Header(ConsumeResult<byte[]?, byte[]?> record, string name) =>
        record.Message.Headers.TryGetLastBytes(name, out var value) && value is not null ? Encoding.UTF8.GetString(value) : null;

    private TDocument Decode(byte[] value, TopicPartitionOffset place)
    {
        try
        {
            return documents.Deserialize(value);
        }
        catch (UndecodableException error)
        {
            throw new SinkStoppedException(
                $"The record at {place} can't be read as {typeof(TDocument).Name}: {error.Message} Register the schema it was written with, or correct its producer and move the group past it.",
                error);
        }
    }
}
