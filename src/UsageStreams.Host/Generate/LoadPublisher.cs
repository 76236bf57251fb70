using UsageStreams.Host.Kafka;

namespace UsageStreams.Host.Generate;

/// <summary>Publishes a generated load in Kafka transactions. Its ids come from source, seed and index: published twice, it counts once.</summary>
internal sealed class LoadPublisher(KafkaAccess access, UsageValues values, GenerateOptions options, TimeProvider time)
{
    private const int RecordsPerTransaction = 1000;

    /// <summary>Publishes all of it.</summary>
    /// <param name="generator">Makes the records.</param>
    /// <param name="perSecond">Pace; 0 is as fast as it goes.</param>
    /// <param name="completeUntil">When set, said at the end: nothing before this time will come any more.</param>
    /// <param name="report">Told after each transaction how many records were published.</param>
    /// <param name="cancellation">Ends it behind its last transaction.</param>
    public async Task PublishAsync(
        LoadGenerator generator, double perSecond, DateTimeOffset? completeUntil, Action<long>? report, CancellationToken cancellation)
    {
        using var publisher = new UsagePublisher(access, values, "generate-" + options.Source);
        var pace = new Pace(perSecond, time);
        long published = 0;
        foreach (var batch in generator.Records().Chunk(pace.Batch(RecordsPerTransaction)))
        {
            cancellation.ThrowIfCancellationRequested();
            publisher.Begin();
            foreach (var record in batch)
                Publish(publisher, record);
            published += batch.Length;
            if (published == options.Records && completeUntil is { } until)
                publisher.Complete(until);
            publisher.Commit();
            report?.Invoke(published);
            await pace.WaitAsync(published, cancellation);
        }
    }

    private static void Publish(UsagePublisher publisher, in GeneratedRecord record)
    {
        if (record.Event is { } usage)
            publisher.Publish(usage, key: record.Key);
        else
            publisher.PublishBytes(record.Key, record.Bytes!);
    }
}
