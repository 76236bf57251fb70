using System.Text;
using UsageStreams.Avro;
using UsageStreams.Host.Kafka;
using UsageStreams.Topology;

namespace UsageStreams.Host.Reference;

/// <summary>The topics of reference data.</summary>
internal sealed class ReferenceTopics(KafkaAccess access, UsageValues values)
{
    /// <summary>Their names.</summary>
    public UsageTopics Names => access.Topics;

    /// <summary>Reads what stands in a topic now, in order; null is a deletion. Of a key with several records the last counts. A topic that isn't there is empty.</summary>
    public void Read<T>(string topic, Action<string, T?> read, CancellationToken cancellation)
        where T : class, IAvroRecord<T> => TopicReader.ReadToEnd(
            access, topic,
            record => read(Encoding.UTF8.GetString(record.Message.Key), record.Message.Value is { } value ? values.Read<T>(topic, value) : null),
            cancellation);

    /// <summary>Opens them for writing. A second writer takes over from the first.</summary>
    public ReferenceOutput Open() => new(new UsagePublisher(access, values, "reference-import"));
}

/// <summary>Writes reference data, by transaction.</summary>
internal sealed class ReferenceOutput(UsagePublisher publisher) : IDisposable
{
    private const int RecordsPerTransaction = 20_000;

    /// <summary>Publishes records; null deletes a key.</summary>
    public void Publish<T>(string topic, IEnumerable<KeyValuePair<string, T?>> records, CancellationToken cancellation)
        where T : class, IAvroRecord<T>
    {
        foreach (var chunk in records.Chunk(RecordsPerTransaction))
        {
            cancellation.ThrowIfCancellationRequested();
            publisher.Begin();
            foreach (var (key, value) in chunk)
            {
                if (value is null)
                    publisher.Delete(topic, key);
                else
                    publisher.Publish(topic, key, value);
            }

            publisher.Commit();
        }
    }

    public void Dispose() => publisher.Dispose();
}
