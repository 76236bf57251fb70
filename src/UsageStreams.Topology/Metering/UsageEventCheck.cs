using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology.Metering.Decoding;

namespace UsageStreams.Topology.Metering;

/// <summary>What an event must have to be counted. What lacks it is rejected with a reason code and words for its producer.</summary>
internal static class UsageEventCheck
{
    public static void Check(in Record<string, IncomingEvent> record)
    {
        var incoming = record.Value;
        if (incoming.Fault is { } broken)
            throw new UndecodableException(broken.Fault.Code, broken.Fault.Text);
        if (!string.Equals(record.Key, incoming.Usage.Tenant, StringComparison.Ordinal))
        {
            throw new UndecodableException(
                "key-mismatch",
                $"The record's key is '{record.Key}' and its tenant '{incoming.Usage.Tenant}'; the key must be the tenant, since it chooses the partition.");
        }
    }

    public static long EventTime(in Record<string, IncomingEvent> record, long arrival)
    {
        var usage = record.Value.Usage;
        return UsageEventRules.CheckTime(usage.Time, usage.Source, arrival) is { } fault ? throw new UndecodableException(fault.Code, fault.Text) : usage.Time;
    }
}
