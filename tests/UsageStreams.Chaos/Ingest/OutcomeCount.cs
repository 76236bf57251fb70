using UsageStreams.Host;
using UsageStreams.Host.Kafka;
using UsageStreams.Host.Projecting;
using UsageStreams.Host.Up;
using UsageStreams.Model;

namespace UsageStreams.Chaos.Ingest;

/// <summary>Waits until metering has said of every record how it ended.</summary>
internal static class OutcomeCount
{
    private static readonly TimeSpan StandstillLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>The outcomes of that many records.</summary>
    /// <exception cref="HostException">There are fewer, and nothing has happened for 90 seconds.</exception>
    public static async Task<EventOutcomes> WaitAsync(KafkaAccess access, UsageValues values, long records, Task failing, TimeProvider time, CancellationToken cancellation)
    {
        await using var projector = new Projector(access, new Projection(access.Topics, values, partitions: 4), time);
        var patience = new Patience(StandstillLimit, time);
        EventOutcomes outcomes;
        while ((outcomes = projector.Look(static now => now.Outcomes)).Read < records)
        {
            if (projector.Reading.IsFaulted)
                await projector.Reading;
            if (failing.IsFaulted)
                await failing;
            if (patience.IsOver(projector.Applied))
                throw new HostException(ExitCodes.Failed, $"Metering has stood still for {StandstillLimit.TotalSeconds:0} s, and {records - outcomes.Read} of {records} records have no outcome.");
            await Task.Delay(Look, time, cancellation);
        }

        return outcomes;
    }
}
