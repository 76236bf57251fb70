namespace UsageStreams.Streams.Internal.Tasks;

/// <summary>Tells every partition of one topic how far the task's stream time is.</summary>
internal sealed class WatermarkAnnouncer(StreamTask task, int partitions, string topic, TimeSpan granularity)
{
    private readonly long _granularity = Math.Max(1, (long)granularity.TotalMilliseconds);

    // Not kept over restarts: a task that starts says again where it is, and whoever reads it knows that already.
    private long? _announced;
    private bool _idle;

    public void Announce(long? streamTime, bool idle)
    {
        bool turnsIdle = idle && !_idle;
        if (streamTime is { } time && IsDue(time, idle, turnsIdle))
        {
            Send(time);
            _announced = time;
            turnsIdle = idle;
        }

        if (turnsIdle)
            Send(null);
        _idle = idle;
    }

    private bool IsDue(long time, bool idle, bool turnsIdle)
    {
        if (_announced is not { } announced)
            return true;
        if (turnsIdle || idle)
            return time > announced;
        return _idle || time - announced >= _granularity;
    }

    private void Send(long? time)
    {
        RecordHeaders headers = new Watermark(task.Id.SubTopology, task.Id.Partition, partitions, time, time is null).ToHeaders();
        int count = task.Collector.PartitionCount(topic);
        for (int partition = 0; partition < count; partition++)
            task.Collector.Send(new OutputRecord(topic, partition) { Headers = headers });
    }
}
