namespace UsageStreams.Topology.Metering.Recount;

/// <summary>How a recount moves events of one ending.</summary>
internal sealed class Flow
{
    /// <summary>Events that were looked at and had ended so.</summary>
    public long Before { get; set; }

    /// <summary>Those of them that end elsewhere now.</summary>
    public long Left { get; set; }

    /// <summary>Events that end so now.</summary>
    public Waiting After { get; set; }

    /// <summary>Those of them that had ended elsewhere.</summary>
    public Waiting Entered { get; set; }
}
