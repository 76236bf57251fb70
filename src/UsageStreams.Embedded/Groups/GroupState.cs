namespace UsageStreams.Embedded.Groups;

/// <summary>
/// Empty → PreparingRebalance (members join) → CompletingRebalance (the leader assigns) → Stable; any change of membership leads back to
/// PreparingRebalance, the last member's leaving to Empty, deletion to Dead. The names are what DescribeGroups answers.
/// </summary>
internal enum GroupState
{
    Empty,
    PreparingRebalance,
    CompletingRebalance,
    Stable,
    Dead,
}
