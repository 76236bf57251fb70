using Confluent.Kafka;
using UsageStreams.Host;
using UsageStreams.Host.Generate;
using UsageStreams.Host.Kafka;
using UsageStreams.Model;

namespace UsageStreams.Chaos.Load;

/// <summary>
/// Publishes a load so that each record stands in the topic exactly once, whatever happens to the broker. Each transaction holds a note of
/// how far it brings the load; when one ends without an answer, a new producer takes over, which decides it, and the notes tell how.
/// </summary>
internal sealed class ResumingPublisher(KafkaAccess access, UsageValues values, LoadGenerator generator, GenerateOptions load, TimeProvider time)
{
    private const int RecordsPerTransaction = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private long _published;

    /// <summary>Records published so far.</summary>
    public long Published => Interlocked.Read(ref _published);

    /// <summary>How often a new producer had to take over.</summary>
    public int Resumptions { get; private set; }

    /// <summary>Publishes all of it.</summary>
    /// <param name="perSecond">Records per second.</param>
    /// <param name="completeUntil">Said with the last records: nothing before this time will come any more.</param>
    /// <param name="cancellation">Ends it behind a transaction.</param>
    public async Task PublishAsync(double perSecond, DateTimeOffset completeUntil, CancellationToken cancellation)
    {
        var publisher = new UsagePublisher(access, values, "chaos");
        try
        {
            var pace = new Pace(perSecond, time);
            foreach (var batch in generator.Records().Chunk(pace.Batch(RecordsPerTransaction)))
            {
                var target = Published + batch.Length;
                while (!TryPublish(publisher, batch, target, completeUntil))
                {
                    publisher.Dispose();
                    Resumptions++;
                    publisher = await TakeOverAsync(cancellation);
                    if (await CommittedAsync(cancellation) == target)
                        break;
                }

                Interlocked.Exchange(ref _published, target);
                await pace.WaitAsync(target, cancellation);
            }
        }
        finally
        {
            publisher.Dispose();
        }
    }

    private bool TryPublish(UsagePublisher publisher, GeneratedRecord[] batch, long target, DateTimeOffset completeUntil)
    {
        try
        {
            publisher.Begin();
            foreach (var record in batch)
            {
                if (record.Event is { } usage)
                    publisher.Publish(usage, key: record.Key);
                else
                    publisher.PublishBytes(record.Key, record.Bytes!);
            }

            publisher.Progress(new ImportProgress { Source = load.Source, Format = "generated", File = "", Lines = target, Bytes = 0, Prefix = [] });
            if (target == load.Records)
                publisher.Complete(completeUntil);
            publisher.Commit();
            return true;
        }
        catch (Exception error) when (error is HostException or KafkaException)
        {
            return false;
        }
    }

    private Task<UsagePublisher> TakeOverAsync(CancellationToken cancellation) =>
        PersistAsync(() => new UsagePublisher(access, values, "chaos"), cancellation);

    private Task<long> CommittedAsync(CancellationToken cancellation) => PersistAsync(
        () =>
        {
            var committed = 0L;
            TopicReader.ReadToEnd(
                access, access.Topics.Imports,
                record => committed = record.Message.Value is { } value ? values.Read<ImportProgress>(access.Topics.Imports, value).Lines : committed,
                cancellation);
            return committed;
        },
        cancellation);

    // The broker is on its way back.
    private async Task<T> PersistAsync<T>(Func<T> action, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return action();
            }
            catch (HostException error) when (error.ExitCode == ExitCodes.Unreachable && time.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellation);
            }
        }
    }
}
