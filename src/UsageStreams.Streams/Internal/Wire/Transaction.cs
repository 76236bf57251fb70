using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>The transactions of one transactional id as its coordinator knows them: protocol of KIP-98, with the fencing of KIP-447.</summary>
internal sealed class Transaction(WireSettings settings, Cluster cluster) : IDisposable
{
    private readonly Coordinator _coordinator = new(settings, cluster, CoordinatorKind.Transaction, settings.TransactionalId);
    private readonly Dictionary<string, Coordinator> _groups = new(StringComparer.Ordinal);
    private bool _isKnown;

    /// <summary>Who writes.</summary>
    public ProducerIdentity Producer { get; private set; }

    /// <summary>Fences whoever had the transactional id before, and ends what it left open.</summary>
    public async Task InitAsync(TimeSpan timeout, CancellationToken stopping)
    {
        await _coordinator.CallAsync(
            TransactionRequests.InitProducerId(settings.TransactionalId, settings.TransactionTimeout),
            reader =>
            {
                ErrorCode code = TransactionRequests.ReadProducerId(reader, out ProducerIdentity producer);
                Producer = producer;
                return code;
            },
            timeout,
            stopping);
    }

    /// <summary>Makes partitions part of the transaction, before anything is written to them.</summary>
    public async Task AddAsync(IReadOnlyList<PartitionQueue> queues, CancellationToken stopping)
    {
        List<PartitionQueue> added = [.. queues.Where(static q => !q.IsInTransaction)];
        if (added.Count == 0)
            return;
        Volatile.Write(ref _isKnown, true);
        await _coordinator.CallAsync(
            TransactionRequests.AddPartitions(settings.TransactionalId, Producer, [.. added.Select(static q => q.Partition)]),
            TransactionRequests.ReadPartitionErrors,
            settings.TransactionTimeout,
            stopping);
        foreach (PartitionQueue queue in added)
            queue.IsInTransaction = true;
    }

    /// <summary>Makes offsets part of the transaction, unless the group no longer counts on the member.</summary>
    public async Task CommitOffsetsAsync(GroupMembership member, IReadOnlyList<TopicPartitionOffset> offsets, TimeSpan timeout, CancellationToken stopping)
    {
        Volatile.Write(ref _isKnown, true);
        await _coordinator.CallAsync(
            TransactionRequests.AddOffsets(settings.TransactionalId, Producer, member.Group), TransactionRequests.ReadError, timeout, stopping);
        if (!_groups.TryGetValue(member.Group, out Coordinator? group))
            _groups.Add(member.Group, group = new Coordinator(settings, cluster, CoordinatorKind.Group, member.Group));
        await group.CallAsync(
            TransactionRequests.CommitOffsets(settings.TransactionalId, Producer, member, offsets), TransactionRequests.ReadPartitionErrors, timeout, stopping);
    }

    /// <summary>Commits or aborts; a transaction of which the coordinator has not heard needs neither.</summary>
    public async Task EndAsync(bool commit, TimeSpan timeout, CancellationToken stopping)
    {
        if (!Volatile.Read(ref _isKnown))
            return;
        await _coordinator.CallAsync(TransactionRequests.End(settings.TransactionalId, Producer, commit), TransactionRequests.ReadError, timeout, stopping);
        Volatile.Write(ref _isKnown, false);
    }

    public void Dispose()
    {
        _coordinator.Dispose();
        foreach (Coordinator group in _groups.Values)
            group.Dispose();
    }
}
