using UsageStreams.Host.Kafka;
using UsageStreams.Model;

namespace UsageStreams.Host.Catalogue;

/// <summary>The metric versions in <c>ref.metrics</c>.</summary>
internal sealed class PublishedMetrics(KafkaAccess access, UsageValues values)
{
    // A second apply takes over from a first one that is still running.
    private const string Publisher = "catalogue";

    /// <summary>Reads them all.</summary>
    public IReadOnlyList<Metric> Read(CancellationToken cancellation)
    {
        var metrics = new Dictionary<string, Metric>(StringComparer.Ordinal);
        TopicReader.ReadToEnd(access, access.Topics.Metrics, record =>
        {
            var key = System.Text.Encoding.UTF8.GetString(record.Message.Key);
            if (record.Message.Value is { } value)
                metrics[key] = values.Read<Metric>(access.Topics.Metrics, value);
            else
                metrics.Remove(key);
        }, cancellation);
        return [.. metrics.Values];
    }

    /// <summary>
    /// Publishes what is new and ends what is superseded or retired, in one transaction. What is published is read after every earlier apply was fenced, so
    /// that two at the same time can't both find a version new.
    /// </summary>
    /// <param name="files">Sound files.</param>
    /// <param name="actor">Who.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellation">Ends it before anything is published.</param>
    /// <returns>What was to be done; done unless it is refused.</returns>
    public CatalogueDiff Apply(CatalogueFiles files, string actor, string reason, CancellationToken cancellation)
    {
        using var publisher = new UsagePublisher(access, values, Publisher);
        var diff = CatalogueDiff.Of(files, Read(cancellation));
        if (diff.IsRefused || diff.ToPublish.Count == 0)
            return diff;
        cancellation.ThrowIfCancellationRequested();
        publisher.Begin();
        foreach (var change in diff.ToPublish)
            publisher.Publish(access.Topics.Metrics, change.Key, change.Metric with { Actor = actor, Reason = reason });
        publisher.Commit();
        return diff;
    }
}
