using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>Keeps, per tenant, what its events wait for: how many, since when and where they stand. The events stay in their topic.</summary>
internal sealed class ParkingLot(KeyValueStore<string, ParkedTenant> parked, int partition)
{
    /// <summary>Adds events that wait.</summary>
    public void Park(string tenant, string reason, in Waiting more)
    {
        var waiting = Find(tenant, reason) is { } known ? Of(known).With(more) : more;
        Put(tenant, reason, waiting);
    }

    /// <summary>
    /// Says anew what waits, after a recount: of all that waited, <paramref name="seen"/> were looked at, and these wait now.
    /// </summary>
    public void Replace(string tenant, string reason, long seen, in Waiting now)
    {
        var before = Find(tenant, reason) is { } known ? Of(known) : default;
        var unseen = before.Count - seen;
        Put(tenant, reason, unseen > 0 ? (before with { Count = unseen }).With(now) : now);
    }

    private static Waiting Of(ParkedReason known) => new(known.Count, known.Oldest.ToUnixTimeMilliseconds(), known.FirstOffset, known.LastOffset);

    private ParkedReason? Find(string tenant, string reason) => parked.TryGet(tenant, out var all) ? all.Waiting.FirstOrDefault(one => IsOf(one, reason)) : null;

    // The topic's key is the tenant alone: of a tenant whose producers choose partitions by themselves, the last partition to change speaks.
    private void Put(string tenant, string reason, in Waiting now)
    {
        var known = parked.TryGet(tenant, out var before);
        var waiting = (known ? before!.Waiting : []).Where(one => !IsOf(one, reason)).ToList();
        if (now.Count > 0)
        {
            waiting.Add(new ParkedReason
            {
                Reason = reason,
                Partition = partition,
                Count = now.Count,
                Oldest = DateTimeOffset.FromUnixTimeMilliseconds(now.Oldest),
                FirstOffset = now.FirstOffset,
                LastOffset = now.LastOffset,
            });
        }

        if (waiting.Count > 0) parked.Put(tenant, known ? before! with { Waiting = waiting } : new ParkedTenant { Tenant = tenant, Waiting = waiting });
        else if (known) parked.Delete(tenant);
    }

    private static bool IsOf(ParkedReason one, string reason) => string.Equals(one.Reason, reason, StringComparison.Ordinal);
}
