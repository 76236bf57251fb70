using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>Deletes what was read of repartition topics, which have no retention of their own. Never waited for: what it misses, the next one takes.</summary>
internal sealed class RepartitionPurge(IAdminClient admin, TimeSpan interval, ILogger logger) : IRepartitionPurge
{
    private long _last = Stopwatch.GetTimestamp();
    private Task _running = Task.CompletedTask;

    public bool IsDue => _running.IsCompleted && Stopwatch.GetElapsedTime(_last) >= interval;

    /// <summary>Deletes the records below these committed offsets.</summary>
    public void Start(List<TopicPartitionOffset> committed)
    {
        _last = Stopwatch.GetTimestamp();
        if (committed.Count > 0)
            _running = DeleteAsync(committed);
    }

    private async Task DeleteAsync(List<TopicPartitionOffset> committed)
    {
        try
        {
            await admin.DeleteRecordsAsync(committed);
        }
        catch (KafkaException e)
        {
            logger.PurgeFailed(e.Error.Reason);
        }
    }
}
