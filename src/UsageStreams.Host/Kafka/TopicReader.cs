using Confluent.Kafka;

namespace UsageStreams.Host.Kafka;

/// <summary>Reads all that stands in a topic now, committed records only.</summary>
internal static class TopicReader
{
    private static readonly TimeSpan AskingLimit = TimeSpan.FromSeconds(20);

    // Another producer's open transaction holds the end back until it is decided: at most Kafka's default transaction timeout.
    private static readonly TimeSpan NoProgressLimit = TimeSpan.FromSeconds(70);

    /// <summary>Calls <paramref name="read"/> for each record up to the ends the partitions have now, in order within a partition.</summary>
    /// <exception cref="HostException">Kafka doesn't answer, or doesn't give the records in time.</exception>
    public static void ReadToEnd(KafkaAccess access, string topic, Action<ConsumeResult<byte[], byte[]>> read, CancellationToken cancellation)
    {
        using var consumer = Open(access);
        try
        {
            var left = new Dictionary<TopicPartition, long>();
            foreach (var partition in Partitions(access, topic))
            {
                var end = Range(consumer, partition);
                if (end.High > end.Low)
                    left.Add(partition, end.High);
            }

            consumer.Assign(left.Keys.Select(static partition => new TopicPartitionOffset(partition, Offset.Beginning)));
            Read(consumer, topic, left, read, cancellation);
        }
        catch (KafkaException error)
        {
            throw Unreachable.Kafka(access, $"reading {topic}", error);
        }
    }

    /// <summary>Where the partitions' records stand that arrived at a time or later, up to the ends the partitions have now.</summary>
    /// <exception cref="HostException">Kafka doesn't answer.</exception>
    public static IReadOnlyDictionary<TopicPartition, OffsetRange> RangesFrom(KafkaAccess access, string topic, DateTimeOffset arrival)
    {
        using var consumer = Open(access);
        try
        {
            var partitions = Partitions(access, topic);
            var ends = partitions.ToDictionary(static partition => partition, partition => Range(consumer, partition));
            var time = new Timestamp(Math.Max(0, arrival.ToUnixTimeMilliseconds()), TimestampType.CreateTime);
            var starts = consumer.OffsetsForTimes(partitions.Select(partition => new TopicPartitionTimestamp(partition, time)), AskingLimit);
            // A negative offset: nothing arrived since.
            return starts.ToDictionary(
                static start => start.TopicPartition,
                start => new OffsetRange(start.Offset.Value < 0 ? ends[start.TopicPartition].High : Math.Max(start.Offset, ends[start.TopicPartition].Low), ends[start.TopicPartition].High));
        }
        catch (KafkaException error)
        {
            throw Unreachable.Kafka(access, $"asking where {topic} stood at {arrival:O}", error);
        }
    }

    /// <summary>Calls <paramref name="read"/> for each record of the ranges, in order within a partition.</summary>
    /// <exception cref="HostException">Kafka doesn't answer, or doesn't give the records in time.</exception>
    public static void ReadRanges(
        KafkaAccess access, string topic, IReadOnlyDictionary<TopicPartition, OffsetRange> ranges, Action<ConsumeResult<byte[], byte[]>> read, CancellationToken cancellation)
    {
        using var consumer = Open(access);
        try
        {
            ReadRanges(consumer, topic, ranges, read, cancellation);
        }
        catch (KafkaException error)
        {
            throw Unreachable.Kafka(access, $"reading {topic}", error);
        }
    }

    /// <summary>Calls <paramref name="read"/> for each record of a range of offsets that a partition holds now, in order.</summary>
    /// <returns>The first offset that the partition holds, and the one behind its last.</returns>
    /// <exception cref="HostException">Kafka doesn't answer, or doesn't give the records in time.</exception>
    public static WatermarkOffsets ReadRange(
        KafkaAccess access, TopicPartition partition, long first, long last, Action<ConsumeResult<byte[], byte[]>> read, CancellationToken cancellation)
    {
        using var consumer = Open(access);
        try
        {
            var held = Range(consumer, partition);
            var end = last == long.MaxValue ? held.High.Value : Math.Min(held.High.Value, last + 1);
            var ranges = new Dictionary<TopicPartition, OffsetRange> { [partition] = new(Math.Max(first, held.Low.Value), end) };
            ReadRanges(consumer, partition.Topic, ranges, read, cancellation);
            return held;
        }
        catch (KafkaException error)
        {
            throw Unreachable.Kafka(access, $"reading {partition.Topic}", error);
        }
    }

    /// <summary>
    /// The first offset of a partition and the one behind its last record. A topic that was just made, or a broker that was just started, may
    /// have no leader yet; the question is repeated for 20 seconds.
    /// </summary>
    /// <exception cref="KafkaException">There is none by then.</exception>
    public static WatermarkOffsets Range(IConsumer<byte[], byte[]> consumer, TopicPartition partition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return consumer.QueryWatermarkOffsets(partition, AskingLimit);
            }
            catch (KafkaException error) when (error.Error.Code is ErrorCode.NotLeaderForPartition or ErrorCode.LeaderNotAvailable or ErrorCode.UnknownTopicOrPart
                && TimeProvider.System.GetElapsedTime(start) < AskingLimit)
            {
                // Serves the client meanwhile, which looks for the leader.
                consumer.Consume(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    /// <summary>The partitions of those of the topics that exist.</summary>
    public static IReadOnlyList<TopicPartition> Partitions(KafkaAccess access, params IReadOnlyCollection<string> topics)
    {
        using var admin = new AdminClientBuilder(access.Connection.AdminClientConfig()).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        try
        {
            // All topics: asking for one by its name may create it.
            return [.. admin.GetMetadata(TimeSpan.FromSeconds(20)).Topics
                .Where(topic => topics.Contains(topic.Topic) && !topic.Error.IsError)
                .SelectMany(static topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition.PartitionId)))];
        }
        catch (KafkaException error)
        {
            throw Unreachable.Kafka(access, "asking for the topics", error);
        }
    }

    // The end of a partition is told with the answer to a fetch, which a broker without news puts off for so long.
    private static IConsumer<byte[], byte[]> Open(KafkaAccess access)
    {
        var config = access.Reader();
        config.FetchWaitMaxMs = 20;
        return new ConsumerBuilder<byte[], byte[]>(config).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
    }

    private static void ReadRanges(
        IConsumer<byte[], byte[]> consumer, string topic, IReadOnlyDictionary<TopicPartition, OffsetRange> ranges,
        Action<ConsumeResult<byte[], byte[]>> read, CancellationToken cancellation)
    {
        var left = ranges.Where(static range => range.Value.End > range.Value.Start).ToDictionary(static range => range.Key, static range => range.Value.End);
        consumer.Assign(left.Keys.Select(partition => new TopicPartitionOffset(partition, ranges[partition].Start)));
        Read(consumer, topic, left, record =>
        {
            // What came since may be read when markers of transactions stand at the end.
            if (record.Offset < ranges[record.TopicPartition].End)
                read(record);
        }, cancellation);
    }

    private static void Read(
        IConsumer<byte[], byte[]> consumer, string topic, Dictionary<TopicPartition, long> left,
        Action<ConsumeResult<byte[], byte[]>> read, CancellationToken cancellation)
    {
        var progress = TimeProvider.System.GetTimestamp();
        while (left.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } result && left.TryGetValue(result.TopicPartition, out var end))
            {
                progress = TimeProvider.System.GetTimestamp();
                if (!result.IsPartitionEOF)
                    read(result);
                // Behind the last record there may be markers of transactions: only the report of the end passes those.
                if (result.IsPartitionEOF ? result.Offset >= end : result.Offset >= end - 1)
                    left.Remove(result.TopicPartition);
            }

            if (TimeProvider.System.GetElapsedTime(progress) > NoProgressLimit)
                throw new HostException(ExitCodes.Unreachable,
                    $"{topic} could not be read to its end within {NoProgressLimit.TotalSeconds:0} s: partition {left.Keys.First().Partition.Value} stands still. " +
                    "Is a producer's transaction open there? Try again.");
        }
    }
}

/// <summary>Offsets of a partition, half-open.</summary>
/// <param name="Start">The first.</param>
/// <param name="End">The first after.</param>
internal readonly record struct OffsetRange(long Start, long End);
