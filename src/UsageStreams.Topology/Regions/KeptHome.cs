namespace UsageStreams.Topology.Regions;

/// <summary>
/// What stays in a region beyond what always does. Users, members, workspaces, properties, correlation and trace ids and the ids of events never leave
/// it, whatever is said here.
/// </summary>
[Flags]
public enum KeptHome
{
    /// <summary>Nothing more.</summary>
    None = 0,

    /// <summary>Ids of tenants: in the versions of mappings, and in the causes of corrections. For products whose tenants are people.</summary>
    Tenants = 1,

    /// <summary>Who changed reference data and why, in the causes of corrections.</summary>
    Actors = 2,
}
