using System.Text;
using UsageStreams.Host.Kafka;

namespace UsageStreams.Host.Reference;

/// <summary>Publishes reference data: what is not there yet, or is there with other contents.</summary>
internal sealed class ReferencePublisher(KafkaAccess access, UsageValues values)
{
    private const int RecordsPerTransaction = 5000;

    /// <summary>Publishes what is new or changed.</summary>
    /// <param name="data">What must be there afterwards; what else is there stays.</param>
    /// <param name="name">Whose it is: a second publisher of the same name takes over from the first.</param>
    /// <param name="cancellation">Ends it between two transactions.</param>
    /// <returns>Records published.</returns>
    public int Publish(ReferenceData data, string name, CancellationToken cancellation)
    {
        using var publisher = new UsagePublisher(access, values, "reference-" + name);
        var topics = access.Topics;
        // Metrics and contracts before the tenants that lead to them. A metric that is there was superseded perhaps; it is never edited.
        return Publish(publisher, topics.Metrics, data.Metrics, static metric => $"{metric.Code}@{metric.Version}", cancellation, onlyNew: true)
            + Publish(publisher, topics.Contracts, data.Contracts, static contract => contract.Id, cancellation)
            + Publish(publisher, topics.Accounts, data.Accounts, static account => account.Id, cancellation)
            + Publish(publisher, topics.Tenants, data.Tenants, static tenant => tenant.Id, cancellation);
    }

    private int Publish<T>(UsagePublisher publisher, string topic, IReadOnlyList<T> records, Func<T, string> keyOf, CancellationToken cancellation, bool onlyNew = false)
        where T : class, Avro.IAvroRecord<T>
    {
        var there = new Dictionary<string, byte[]?>(StringComparer.Ordinal);
        TopicReader.ReadToEnd(access, topic, record => there[Encoding.UTF8.GetString(record.Message.Key)] = record.Message.Value, cancellation);
        var missing = records.Where(record => !(there.GetValueOrDefault(keyOf(record)) is { } known && (onlyNew || known.AsSpan().SequenceEqual(values.Bytes(topic, record))))).ToList();
        foreach (var chunk in missing.Chunk(RecordsPerTransaction))
        {
            cancellation.ThrowIfCancellationRequested();
            publisher.Begin();
            foreach (var record in chunk)
                publisher.Publish(topic, keyOf(record), record);
            publisher.Commit();
        }

        return missing.Count;
    }
}
