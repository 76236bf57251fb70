using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>Asks where partitions begin and end.</summary>
internal sealed class CatchUpOffsets(IAdminClient admin, string purpose)
{
    private const long FirstStep = 60_000;

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Finds what reading needs to know, and has wrong starting points dropped.</summary>
    public CatchUpRanges Find(IReadOnlyList<CatchUpPartition> partitions)
    {
        Dictionary<TopicPartition, long> ends = Ask(partitions, OffsetSpec.Latest());
        CatchUpPartition[] known = [.. partitions.Where(static p => p.From is not null)];
        if (known.Length > 0)
        {
            Dictionary<TopicPartition, long> beginnings = Ask(known, OffsetSpec.Earliest());
            foreach (CatchUpPartition partition in known)
                partition.Check(beginnings[partition.Partition], ends[partition.Partition]);
        }

        foreach (CatchUpPartition partition in partitions.Where(static p => p.From is null && p.Retention is not null))
            FindLag(partition, ends[partition.Partition]);
        var since = new Dictionary<TopicPartition, long>();
        foreach (IGrouping<long, CatchUpPartition> together in partitions.Where(static p => p.From is null && p.Since is not null).GroupBy(static p => p.Since!.Value))
        {
            foreach ((TopicPartition partition, long offset) in Ask([.. together], OffsetSpec.ForTimestamp(together.Key)))
                since[partition] = offset;
        }

        return new CatchUpRanges(ends, since);
    }

    /// <summary>Goes back in time by ever longer steps until the broker names an offset that was processed, or would be next.</summary>
    private void FindLag(CatchUpPartition partition, long end)
    {
        if (!(partition.Until < end))
            return;
        for (long back = FirstStep, present = partition.Now; present - back > 0; back *= 2)
        {
            partition.FallenBehindTo(present - back);
            long offset = Ask([partition], OffsetSpec.ForTimestamp(partition.Now))[partition.Partition];
            if (offset >= 0 && offset <= partition.Until)
                return;
        }

        partition.FallenBehindTo(0);
    }

    private Dictionary<TopicPartition, long> Ask(IReadOnlyList<CatchUpPartition> partitions, OffsetSpec what)
    {
        try
        {
            ListOffsetsResult result = admin.ListOffsetsAsync(
                partitions.Select(p => new TopicPartitionOffsetSpec { TopicPartition = p.Partition, OffsetSpec = what }),
                new ListOffsetsOptions { IsolationLevel = IsolationLevel.ReadUncommitted, RequestTimeout = RequestTimeout }).GetAwaiter().GetResult();
            return result.ResultInfos.ToDictionary(
                static info => info.TopicPartitionOffsetError.TopicPartition, static info => info.TopicPartitionOffsetError.Offset.Value);
        }
        catch (KafkaException e)
        {
            throw TransactionFailure.Of($"find the ends of {purpose} topics", e);
        }
    }
}

/// <summary>Offsets of partitions that are to be read.</summary>
internal sealed class CatchUpRanges(Dictionary<TopicPartition, long> ends, Dictionary<TopicPartition, long> since)
{
    /// <summary>The high watermark.</summary>
    public long End(CatchUpPartition partition) => ends[partition.Partition];

    /// <summary>The first record that arrived at the partition's time or later, or the end; null when reading begins at the beginning.</summary>
    public long? Since(CatchUpPartition partition)
    {
        if (!since.TryGetValue(partition.Partition, out long offset))
            return null;
        return offset < 0 ? End(partition) : offset;
    }
}
