using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>
/// A member of the group: hands over records one by one, and tells its session when partitions come and go. The client swallows or defers
/// what its rebalance callbacks throw, so failures there are kept and thrown by <see cref="Poll"/>.
/// </summary>
internal sealed class GroupReader : IGroupReader
{
    // Longer than a transaction that its owner left open: offsets are stable only when it is decided.
    private static readonly TimeSpan OffsetsTimeout = TimeSpan.FromSeconds(60);

    private readonly StreamSession _session;
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private Exception? _failure;
    private bool _closed;

    public GroupReader(ClientFactory clients, StreamSession session, IEnumerable<string> topics)
    {
        _session = session;
        _consumer = clients.GroupConsumer()
            .SetPartitionsAssignedHandler(OnAssigned)
            .SetPartitionsRevokedHandler((_, partitions) => Guard(() => _session.Revoked(Partitions(partitions))))
            .SetPartitionsLostHandler((_, partitions) => Guard(() => _session.Lost(Partitions(partitions))))
            .Build();
        _consumer.Subscribe(topics);
    }

    public IConsumerGroupMetadata Metadata => _consumer.ConsumerGroupMetadata;

    /// <summary>Waits for a record; null when none came or partitions moved.</summary>
    public ConsumeResult<byte[]?, byte[]?>? Poll(TimeSpan wait)
    {
        try
        {
            ConsumeResult<byte[]?, byte[]?>? result = _consumer.Consume(wait);
            ThrowFailure();
            return result;
        }
        catch (ConsumeException e)
        {
            ThrowFailure();
            throw TransactionFailure.Of($"read the input at {e.ConsumerRecord?.TopicPartitionOffset}", e);
        }
        catch (KafkaException e)
        {
            ThrowFailure();
            throw TransactionFailure.Of("follow the group", e);
        }
    }

    public void Pause(TopicPartition partition) => _consumer.Pause([partition]);

    public void Resume(TopicPartition partition) => _consumer.Resume([partition]);

    /// <summary>Offset after the last committed record that the client knows of; null while unknown.</summary>
    public long? End(TopicPartition partition)
    {
        WatermarkOffsets offsets = _consumer.GetWatermarkOffsets(partition);
        return offsets.High == Offset.Unset ? null : offsets.High.Value;
    }

    /// <summary>Leaves the group; a named instance stays a member until its session ends.</summary>
    public void Close()
    {
        if (_closed)
            return;
        _closed = true;
        _consumer.Close();
    }

    public void Dispose() => _consumer.Dispose();

    private IEnumerable<TopicPartitionOffset> OnAssigned(IConsumer<byte[]?, byte[]?> consumer, List<TopicPartition> partitions)
    {
        List<TopicPartitionOffset> starts = [.. partitions.Select(static p => new TopicPartitionOffset(p, Offset.Unset))];
        Guard(() =>
        {
            // Stable offsets first, changelogs after: whatever these offsets stand for is then in the changelogs up to their ends.
            if (partitions.Count > 0)
            {
                starts = [.. consumer.Committed(partitions, OffsetsTimeout).Select(static o =>
                    o.Offset == Offset.Unset ? new TopicPartitionOffset(o.TopicPartition, Offset.Beginning) : o)];
            }

            _session.Assigned(starts);
        });
        return starts;
    }

    private void Guard(Action action)
    {
        if (_closed || _failure is not null)
            return;
        try
        {
            action();
        }
        catch (KafkaException e)
        {
            _failure = TransactionFailure.Of("follow the group", e);
        }
        catch (Exception e)
        {
            _failure = e;
        }
    }

    private void ThrowFailure()
    {
        if (_failure is null)
            return;
        Exception failure = _failure;
        _failure = null;
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    private static List<TopicPartition> Partitions(List<TopicPartitionOffset> partitions) => [.. partitions.Select(static p => p.TopicPartition)];
}
