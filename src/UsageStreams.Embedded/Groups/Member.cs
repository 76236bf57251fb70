namespace UsageStreams.Embedded.Groups;

/// <summary>A member of a group. Belongs to the group and is used under its lock.</summary>
internal sealed class Member(string id, JoinRequest request) : IDisposable
{
    public string Id { get; } = id;

    public string? InstanceId { get; } = request.InstanceId;

    public string ClientId { get; } = request.ClientId;

    public string ClientHost { get; } = request.ClientHost;

    public TimeSpan SessionTimeout { get; private set; } = request.SessionTimeout;

    public TimeSpan RebalanceTimeout { get; private set; } = request.RebalanceTimeout;

    public IReadOnlyList<MemberProtocol> Protocols { get; private set; } = request.Protocols;

    public byte[] Assignment { get; set; } = [];

    /// <summary>A join that waits for the others; not null exactly while the member takes part in the rebalance that is being prepared.</summary>
    public TaskCompletionSource<JoinResult>? ParkedJoin { get; set; }

    public TaskCompletionSource<SyncResult>? ParkedSync { get; set; }

    public bool HasSynced { get; set; }

    /// <summary>Joined, and no generation answered yet.</summary>
    public bool IsNew { get; set; } = true;

    public ITimer? SessionTimer { get; set; }

    /// <summary>Timestamp of the time provider when it was last heard of.</summary>
    public long LastHeard { get; set; }

    public void Update(JoinRequest request)
    {
        (SessionTimeout, RebalanceTimeout, Protocols) = (request.SessionTimeout, request.RebalanceTimeout, request.Protocols);
    }

    public byte[] Metadata(string? protocol)
    {
        foreach (var offered in Protocols)
        {
            if (offered.Name == protocol)
                return offered.Metadata;
        }

        return [];
    }

    public bool Offers(string protocol) => Protocols.Any(offered => offered.Name == protocol);

    public bool HasSameProtocols(IReadOnlyList<MemberProtocol> protocols) =>
        protocols.Count == Protocols.Count
        && protocols.Zip(Protocols).All(pair => pair.First.Name == pair.Second.Name && pair.First.Metadata.AsSpan().SequenceEqual(pair.Second.Metadata));

    public void Dispose() => SessionTimer?.Dispose();
}
