namespace UsageStreams.Model;

/// <summary>
/// What an event must have to be counted. One set of rules for all: producers are told at once, and metering rejects what got past them with the same code
/// and the same words.
/// </summary>
public static class UsageEventRules
{
    /// <summary>How far an event's time may lie after its arrival: 1 hour. What is further ahead comes of a wrong clock.</summary>
    public static readonly TimeSpan MaximumSkew = TimeSpan.FromHours(1);

    /// <summary>The first rule that the event breaks, whenever it arrives; null when it breaks none.</summary>
    /// <param name="usage">The event.</param>
    public static EventFault? Check(UsageEvent usage) =>
        usage.Tenant.Length == 0 ? new EventFault("missing-tenant", "The event names no tenant; its producer must.")
        : usage.Id.Length == 0 ? new EventFault("missing-id", "The event has no id, so that a repetition could not be told; its producer must give one.")
        : usage.Source.Length == 0 ? new EventFault("missing-source", "The event names no source; its producer must.")
        : usage.Type.Length == 0 ? new EventFault("missing-type", "The event has no type, so that no metric could choose it; its producer must give one.")
        : usage.Quantity < 0 ? new EventFault("negative-quantity", $"The quantity is {usage.Quantity}; usage can't be negative.")
        : CheckWithdrawal(usage);

    /// <summary>Whether the event's time lies more than <see cref="MaximumSkew"/> after its arrival; null when it doesn't.</summary>
    /// <param name="usage">The event.</param>
    /// <param name="arrival">When it arrives, in Unix milliseconds.</param>
    public static EventFault? CheckTime(UsageEvent usage, long arrival) => CheckTime(usage.Time.ToUnixTimeMilliseconds(), usage.Source, arrival);

    /// <summary>The same of an event of which only this is known.</summary>
    /// <param name="time">The event's time, in Unix milliseconds.</param>
    /// <param name="source">Its source.</param>
    /// <param name="arrival">When it arrives, in Unix milliseconds.</param>
    public static EventFault? CheckTime(long time, string source, long arrival) =>
        time <= arrival + (long)MaximumSkew.TotalMilliseconds
            ? null
            : new EventFault(
                "future-event",
                $"The event's time {DateTimeOffset.FromUnixTimeMilliseconds(time):O} lies more than {MaximumSkew.TotalMinutes:0} minutes after its arrival; check the clock of source '{source}'.");

    private static EventFault? CheckWithdrawal(UsageEvent usage)
    {
        if (usage.Retracts is null && usage.Amends is null)
            return null;
        if (usage.Retracts is not null && usage.Amends is not null)
            return new EventFault("retracts-and-amends", "The event both retracts and amends; it can take back one event, either for nothing or for itself.");
        var withdrawn = usage.Retracts ?? usage.Amends!;
        if (withdrawn.Length == 0)
            return new EventFault("missing-withdrawn-id", "The event takes another back and does not say which: 'retracts' or 'amends' is empty. Leave it out, or give the id.");
        return withdrawn == usage.Id
            ? new EventFault("withdraws-itself", $"The event '{usage.Id}' takes itself back; 'retracts' and 'amends' name another event, and this one needs an id of its own.")
            : null;
    }
}
