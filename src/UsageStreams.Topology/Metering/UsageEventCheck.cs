using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>What an event must have to be counted. What lacks it is rejected with a reason code and words for its producer.</summary>
internal static class UsageEventCheck
{
    /// <summary>How far an event's time may lie after its arrival before it is rejected, and no longer moves the clock of the windows.</summary>
    public static readonly TimeSpan MaximumSkew = TimeSpan.FromHours(1);

    public static void Check(in Record<string, UsageEvent> record)
    {
        var usage = record.Value;
        if (usage.Tenant.Length == 0) throw Reject("missing-tenant", "The event names no tenant; its producer must.");
        if (usage.Id.Length == 0) throw Reject("missing-id", "The event has no id, so that a repetition could not be told; its producer must give one.");
        if (usage.Source.Length == 0) throw Reject("missing-source", "The event names no source; its producer must.");
        if (usage.Type.Length == 0) throw Reject("missing-type", "The event has no type, so that no metric could choose it; its producer must give one.");
        if (!string.Equals(record.Key, usage.Tenant, StringComparison.Ordinal))
            throw Reject("key-mismatch", $"The record's key is '{record.Key}' and its tenant '{usage.Tenant}'; the key must be the tenant, since it chooses the partition.");
        if (usage.Quantity < 0)
            throw Reject("negative-quantity", $"The quantity is {usage.Quantity}; usage can't be negative.");
    }

    public static long EventTime(in Record<string, UsageEvent> record, long arrival)
    {
        var time = record.Value.Time.ToUnixTimeMilliseconds();
        return time <= arrival + (long)MaximumSkew.TotalMilliseconds
            ? time
            : throw Reject(
                "future-event",
                $"The event's time {record.Value.Time:O} lies more than {MaximumSkew.TotalMinutes:0} minutes after its arrival; check the clock of source '{record.Value.Source}'.");
    }

    private static UndecodableException Reject(string code, string text) => new(code, text);
}
