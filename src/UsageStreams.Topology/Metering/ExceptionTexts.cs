using UsageStreams.Model;

namespace UsageStreams.Topology.Metering;

/// <summary>What is wrong, and what to do, in words.</summary>
internal static class ExceptionTexts
{
    /// <summary>Of an ending; null when nobody has to know.</summary>
    public static (ExceptionKind Kind, string Text)? Of(Ending ending) =>
        ReferenceEquals(ending, Ending.UnknownTenant) ? (ExceptionKind.Parked, "No account is known for the tenant as of the events' time. Assign it by usagestreams ref import; the events are counted then.")
        : ReferenceEquals(ending, Ending.NoContract) ? (ExceptionKind.Parked, "The tenant's account has no contract as of the events' time. Import one that covers it; the events are counted then.")
        : ReferenceEquals(ending, Ending.UnknownProduct) ? (ExceptionKind.Parked, "The events name a product that is not sold as of their time. Import the product; the events are counted then.")
        : ReferenceEquals(ending, Ending.UnknownEventType) ? (ExceptionKind.Parked, "No metric looks at the events' type. Add it to a metric by usagestreams catalog apply; the events are counted then.")
        : ReferenceEquals(ending, Ending.OtherRegion) ? (ExceptionKind.Parked, "The tenant is at home in another region. Have its events published there; if it is at home here, correct the file of --regions and restart the workers: the events are counted then.")
        : ReferenceEquals(ending, Ending.TooLate) ? (ExceptionKind.LateRejected, "The events lie further back from their arrival than every metric allows that would count them. Bill them by hand, or let the metric allow more.")
        : null;

    /// <summary>Of an event that only some metrics count.</summary>
    public static string PartlyLate(MetricRule rule) =>
        $"Metric {rule.Code}@{rule.Version} allows less lateness than the events have, and doesn't count them; other metrics do.";

    /// <summary>Of a tenant whose events don't stand where their key belongs.</summary>
    public static string Misplaced(string tenant, InputPartition stand, string topic) =>
        $"The tenant's events stand in partition {stand.Number} of {topic}; murmur2 of its key gives {stand.HomeOf(tenant)} of {stand.Count}. They are counted, but repetitions and "
        + "withdrawals of an event are found within a partition only. Set the producer's partitioner to murmur2_random (librdkafka), or use the producer library or the gateway.";

    /// <summary>Of a change that lies too far back.</summary>
    public static string BeyondRecount(long reach) =>
        $"Reference data or events of the past changed further back than events are read again. The ledger is right for usage from {DateTimeOffset.FromUnixTimeMilliseconds(reach):O} on; "
        + "for what is older, replay the events.";
}
