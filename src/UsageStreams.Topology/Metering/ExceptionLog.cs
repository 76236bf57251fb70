using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Metering;

/// <summary>Keeps what a person should know of: one exception per tenant, kind and reason.</summary>
internal sealed class ExceptionLog(KeyValueStore<string, UsageException> exceptions, ExceptionPolicy policy, int partition)
{
    /// <summary>Adds events to an exception, which opens with the first.</summary>
    /// <param name="tenant">The tenant; empty when the record names none.</param>
    /// <param name="kind">Of which kind.</param>
    /// <param name="reason">A stable code.</param>
    /// <param name="text">What is wrong, and what to do.</param>
    /// <param name="more">The events.</param>
    /// <param name="arrival">When they arrived, Unix milliseconds.</param>
    public void Raise(string tenant, ExceptionKind kind, string reason, string text, in Waiting more, long arrival)
    {
        var id = UsageException.IdOf(partition, tenant, kind, reason);
        var before = exceptions.Get(id);
        var isOpen = before is { Count: > 0 };
        var opened = isOpen ? before!.Opened : DateTimeOffset.FromUnixTimeMilliseconds(arrival);
        var oldest = DateTimeOffset.FromUnixTimeMilliseconds(more.Oldest);
        exceptions.Put(id, new UsageException
        {
            Id = id,
            Tenant = tenant,
            Kind = kind,
            Reason = reason,
            Text = text,
            Partition = partition,
            Count = (before?.Count ?? 0) + more.Count,
            Total = (before?.Total ?? 0) + more.Count,
            Oldest = isOpen && before!.Oldest < oldest ? before.Oldest : oldest,
            FirstOffset = before is null ? more.FirstOffset : Math.Min(before.FirstOffset, more.FirstOffset),
            LastOffset = before is null ? more.LastOffset : Math.Max(before.LastOffset, more.LastOffset),
            Opened = opened,
            Due = opened + policy.Of(kind).Within,
            Owner = policy.Of(kind).Owner,
        });
    }

    /// <summary>The exception of this partition that a person's decision has settled; null when it settles none, or more came since.</summary>
    public UsageException? SettledBy(ExceptionDecision decision) =>
        decision.Action == ExceptionAction.Resolve && exceptions.TryGet(decision.Exception, out var told) && decision.Total >= told.Total ? told : null;

    /// <summary>Takes events out of an exception: nothing is wrong with them any more.</summary>
    public void Settle(string tenant, ExceptionKind kind, string reason, long count)
    {
        var id = UsageException.IdOf(partition, tenant, kind, reason);
        if (count > 0 && exceptions.TryGet(id, out var before)) exceptions.Put(id, before with { Count = Math.Max(0, before.Count - count) });
    }
}
