using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>
/// Finds partitions that belong to nobody, and has them assigned anew. A cooperative rebalance takes two rounds: in the first a member is told
/// what to give up, and when it has, it joins again so that others get it. A static member that restarts in between takes over the first
/// round's result without a rebalance, so that the second round never comes: what it should have given up belongs to nobody, for ever.
/// </summary>
/// <remarks>
/// A client can't ask a group to rebalance, but whoever comes or goes makes it do so: a member without an instance name joins for a moment.
/// It processes nothing and commits nothing. Of several members only the one whose client's name sorts first does that, so that they don't all
/// come at once; in a group where some members have instance names and others don't, that may be one that doesn't watch.
/// </remarks>
internal sealed class GroupWatch(ClientFactory clients, IReadOnlyDictionary<string, int> inputs, TimeProvider clock)
{
    private static readonly TimeSpan LongestVisit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    // A rebalance that goes on must be over by the second look.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly string _group = clients.Options.ApplicationId;

    /// <summary>Watches until <paramref name="stopping"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using IAdminClient admin = clients.Admin();
        HashSet<TopicPartition> before = [];
        while (await WaitAsync(stopping))
        {
            try
            {
                HashSet<TopicPartition> now = await Task.Run(() => Unowned(admin), CancellationToken.None);
                before.IntersectWith(now);
                if (before.Count > 0)
                {
                    clients.Logger.UnownedPartitions(_group, string.Join(", ", before));
                    await Task.Run(() => Visit(stopping), CancellationToken.None);
                    now.Clear();
                }

                before = now;
            }
            catch (Exception e) when (e is KafkaException or ArgumentOutOfRangeException)
            {
                // The broker is away, or refuses to describe groups, or a member writes another protocol: the next look may succeed.
                clients.Logger.GroupWatchFailed(_group, e.Message);
            }
        }
    }

    /// <summary>Input partitions that no member of a stable group has; none when others are to look after that.</summary>
    private HashSet<TopicPartition> Unowned(IAdminClient admin)
    {
        // Not DescribeConsumerGroups: when the coordinator is away for longer than its time-out, librdkafka 2.15 aborts the process.
        GroupInfo? group = admin.ListGroup(_group, RequestTimeout);
        if (group?.State != "Stable" || group.Members.Select(static member => member.ClientId).Min(StringComparer.Ordinal) != clients.ClientId)
            return [];
        HashSet<TopicPartition> unowned = [.. inputs.SelectMany(static topic =>
            Enumerable.Range(0, topic.Value).Select(partition => new TopicPartition(topic.Key, partition)))];
        foreach (GroupMemberInfo member in group.Members)
            unowned.ExceptWith(MemberAssignment.Read(member.MemberAssignment));
        return unowned;
    }

    private void Visit(CancellationToken stopping)
    {
        bool assigned = false;
        using IConsumer<byte[]?, byte[]?> visitor = clients.Visitor().SetPartitionsAssignedHandler((_, _) => assigned = true).Build();
        visitor.Subscribe(inputs.Keys);
        long start = clock.GetTimestamp();
        while (!assigned && !stopping.IsCancellationRequested && clock.GetElapsedTime(start) < LongestVisit)
            visitor.Consume(TimeSpan.FromMilliseconds(100));
        visitor.Close();
    }

    private async Task<bool> WaitAsync(CancellationToken stopping)
    {
        await Task.Delay(Interval, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stopping.IsCancellationRequested;
    }
}
