using UsageStreams.Host;
using UsageStreams.Host.Projecting;
using UsageStreams.Host.Up;

namespace UsageStreams.Chaos;

/// <summary>Waits until all that was published has come out at the other end.</summary>
internal static class Settlement
{
    private static readonly TimeSpan StandstillLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits; says what is missing when the topics have stood still for 90 seconds, null when nothing is.</summary>
    public static async Task<string?> WaitAsync(Projector projector, DateTimeOffset until, Task failing, TimeProvider time, CancellationToken cancellation)
    {
        var patience = new Patience(StandstillLimit, time);
        while (projector.Look(now => Missing(now, until)) is { } missing)
        {
            if (projector.Reading.IsFaulted)
                return projector.Reading.Exception.GetBaseException().Message;
            if (failing.IsFaulted)
                return failing.Exception.GetBaseException().Message;
            if (patience.IsOver(projector.Applied))
                return $"Nothing has been written for {StandstillLimit.TotalSeconds:0} s, and this is missing: {missing}.";
            await Task.Delay(Look, time, cancellation);
        }

        await projector.CatchUpAsync(cancellation);
        return null;
    }

    private static string? Missing(Projection now, DateTimeOffset until) =>
        now.Outcomes.Read < now.EventsRead ? FormattableString.Invariant($"{now.EventsRead - now.Outcomes.Read} of {now.EventsRead} records have no outcome")
        : now.TransactionMarks.Missing(until) ?? now.SignalMarks.Missing(until);
}
