using Confluent.Kafka;

namespace UsageStreams.Streams.Internal.Native;

/// <summary>
/// Finds what belongs to a record's partition. Records come in runs of one partition, so mostly it is what was found last. To be forgotten
/// when partitions come and go: the client may then use a handle again for another topic.
/// </summary>
internal sealed class PartitionIndex<T>(Func<TopicPartition, T?> partitions)
    where T : class
{
    private readonly Dictionary<PartitionHandle, T?> _known = [];
    private PartitionHandle _last;
    private T? _found;

    /// <summary>Null when the partition is not assigned.</summary>
    public T? Find(in BatchRecord record)
    {
        PartitionHandle partition = record.Partition;
        if (partition == _last)
            return _found;
        if (!_known.TryGetValue(partition, out T? found))
        {
            found = partitions(new TopicPartition(record.Topic, partition.Partition));
            _known.Add(partition, found);
        }

        (_last, _found) = (partition, found);
        return found;
    }

    public void Forget()
    {
        _known.Clear();
        (_last, _found) = (default, null);
    }
}
