using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>Keeps, per tenant, what its events wait for: how many, since when and where they stand. The events stay in their topic.</summary>
internal sealed class ParkingLot(KeyValueStore<string, ParkedTenant> parked)
{
    public const string UnknownTenant = "unknown-tenant";
    public const string NoContract = "no-contract";
    public const string UnknownEventType = "unknown-event-type";

    public void Park(UsageEvent usage, string reason, RecordMetadata at)
    {
        var tenant = parked.TryGet(usage.Tenant, out var known) ? known : new ParkedTenant { Tenant = usage.Tenant, Waiting = [] };
        var waiting = new List<ParkedReason>(tenant.Waiting.Count + 1);
        var found = false;
        foreach (var other in tenant.Waiting)
        {
            var same = string.Equals(other.Reason, reason, StringComparison.Ordinal) && other.Partition == at.Partition;
            found |= same;
            waiting.Add(same ? OneMore(other, usage, at) : other);
        }

        if (!found) waiting.Add(First(usage, reason, at));
        parked.Put(usage.Tenant, tenant with { Waiting = waiting });
    }

    private static ParkedReason First(UsageEvent usage, string reason, RecordMetadata at) => new()
    {
        Reason = reason,
        Partition = at.Partition,
        Count = 1,
        Oldest = usage.Time,
        FirstOffset = at.Offset,
        LastOffset = at.Offset,
    };

    private static ParkedReason OneMore(ParkedReason before, UsageEvent usage, RecordMetadata at) => before with
    {
        Count = before.Count + 1,
        Oldest = usage.Time < before.Oldest ? usage.Time : before.Oldest,
        LastOffset = at.Offset,
    };
}
