using UsageStreams.Model;

namespace UsageStreams.Topology.Metering.Decoding;

/// <summary>An event as the meter reads it: a value of shared strings, so that reading one makes nothing.</summary>
/// <param name="Usage">What metrics look at.</param>
/// <param name="Identity">Its tenant, source and id.</param>
/// <param name="Content">Hash of everything else: the same content has the same, whoever wrote it and in whatever order.</param>
/// <param name="Withdrawal">What it takes back; null for the many that take nothing back.</param>
/// <param name="Fault">The rule that it breaks; null for the many that break none.</param>
internal readonly record struct IncomingEvent(MetricEvent Usage, EventDigest Identity, ulong Content, TakesBack? Withdrawal, BrokenRule? Fault)
{
    /// <summary>What metrics look at. A field, so that looking at it copies nothing.</summary>
    public readonly MetricEvent Usage = Usage;
}

/// <summary>What an event takes back.</summary>
/// <param name="Target">Identity of an event of the same tenant and source.</param>
/// <param name="Id">Id of the event that takes it back.</param>
/// <param name="Amends">Whether it counts itself, in the other's place.</param>
internal sealed record TakesBack(EventDigest Target, string Id, bool Amends);

/// <summary>A rule that an event breaks.</summary>
internal sealed record BrokenRule(EventFault Fault);
