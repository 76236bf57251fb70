using UsageStreams.Model;

namespace UsageStreams.Gateway.Events;

/// <summary>An event of a request: usage, or the reason why it is none.</summary>
/// <param name="Usage">The usage; null where there is a fault.</param>
/// <param name="Id">The id it came with, so that the sender finds it; null where none could be read.</param>
/// <param name="Traceparent">The trace context it came with.</param>
/// <param name="Fault">Why it can't be taken.</param>
internal readonly record struct IncomingEvent(UsageEvent? Usage, string? Id, string? Traceparent, EventFault Fault)
{
    public static IncomingEvent Of(UsageEvent usage, string? traceparent) => new(usage, usage.Id, traceparent, default);

    public static IncomingEvent Refused(string? id, EventFault fault) => new(null, id, null, fault);
}
