using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>What an event must have to be counted. What lacks it is rejected with a reason code and words for its producer.</summary>
internal static class UsageEventCheck
{
    public static void Check(in Record<string, UsageEvent> record)
    {
        var usage = record.Value;
        if (UsageEventRules.Check(usage) is { } fault)
            throw new UndecodableException(fault.Code, fault.Text);
        if (!string.Equals(record.Key, usage.Tenant, StringComparison.Ordinal))
            throw new UndecodableException(
                "key-mismatch", $"The record's key is '{record.Key}' and its tenant '{usage.Tenant}'; the key must be the tenant, since it chooses the partition.");
    }

    public static long EventTime(in Record<string, UsageEvent> record, long arrival) =>
        UsageEventRules.CheckTime(record.Value, arrival) is { } fault
            ? throw new UndecodableException(fault.Code, fault.Text)
            : record.Value.Time.ToUnixTimeMilliseconds();
}
