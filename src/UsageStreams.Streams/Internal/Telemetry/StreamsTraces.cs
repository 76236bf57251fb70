using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Telemetry;

/// <summary>What is traced. Where nobody listens nothing is made; a record is looked at only where it has headers and somebody listens.</summary>
internal static class StreamsTraces
{
    private const string TraceParent = "traceparent";
    private const string TraceState = "tracestate";
    private static readonly ActivitySource Source = new(StreamsTelemetry.ActivitySourceName);

    public static bool IsOn => Source.HasListeners();

    /// <summary>A rebalance from here on; null where nobody listens.</summary>
    public static Activity? Rebalance(ThreadContext context, string what, IEnumerable<TopicPartition> partitions) => !IsOn
        ? null
        : Start(context, "rebalance", default)?.SetTag(TelemetryNames.Event, what).SetTag(TelemetryNames.Partitions, string.Join(", ", partitions));

    /// <summary>A commit that began at <paramref name="start"/>.</summary>
    public static Activity? Commit(ThreadContext context, DateTimeOffset start, int partitions) =>
        !IsOn ? null : Start(context, "commit", start)?.SetTag(TelemetryNames.Partitions, partitions);

    /// <summary>A restore that is over, one way or the other.</summary>
    public static void Restored(ThreadContext context, TaskSlot slot, DateTimeOffset start, bool complete)
    {
        using Activity? activity = Start(context, "restore", start);
        activity?.SetTag(TelemetryNames.Task, slot.Task!.Id.ToString()).SetTag(TelemetryNames.Records, slot.Restoring.Records);
        if (!complete)
            activity?.SetStatus(ActivityStatusCode.Error, "The task was given up before its state was restored.");
    }

    /// <summary>Processes a record that has headers; as a part of its trace, where it names one and the listener wants it.</summary>
    public static void Process(StreamTask task, in InputRecord record)
    {
        using Activity? activity = Start(task, in record);
        try
        {
            task.Take(in record);
        }
        catch (Exception e) when (activity is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error, e.Message);
            throw;
        }
    }

    private static Activity? Start(StreamTask task, in InputRecord record)
    {
        if (record.Headers.GetText(TraceParent) is not { } parent
            || !ActivityContext.TryParse(parent, record.Headers.GetText(TraceState), isRemote: true, out ActivityContext context))
        {
            return null;
        }

        Activity? activity = Source.StartActivity($"process {task.InputTopic}", ActivityKind.Consumer, context);
        return activity?
            .SetTag("messaging.system", "kafka")
            .SetTag("messaging.operation.type", "process")
            .SetTag("messaging.destination.name", task.InputTopic)
            .SetTag("messaging.destination.partition.id", task.Id.Partition.ToString(CultureInfo.InvariantCulture))
            .SetTag("messaging.kafka.offset", record.Offset)
            .SetTag(TelemetryNames.Task, task.Id.ToString());
    }

    private static Activity? Start(ThreadContext context, string name, DateTimeOffset start) => Source
        .StartActivity(name, ActivityKind.Internal, default(ActivityContext), startTime: start)?
        .SetTag(TelemetryNames.Application, context.Clients.Options.ApplicationId)
        .SetTag(TelemetryNames.Thread, context.ClientId);
}
