using Confluent.Kafka;

namespace UsageStreams.Sinks.Runtime;

/// <summary>Records read and not yet committed, by partition.</summary>
internal sealed class Chunk<TDocument>
{
    private readonly Dictionary<TopicPartition, Part> _parts = [];

    /// <summary>Records read, those without a document too.</summary>
    public int Records => _parts.Values.Sum(part => part.Records);

    /// <summary>Documents to deliver, those of a partition in its order.</summary>
    public List<Parcel<TDocument>> Parcels => [.. _parts.Values.SelectMany(part => part.Parcels)];

    /// <summary>Where to read on when the chunk is done.</summary>
    public List<TopicPartitionOffset> NextOffsets => [.. _parts.Select(entry => new TopicPartitionOffset(entry.Key, entry.Value.Next))];

    public void Add(TopicPartitionOffset place, Parcel<TDocument>? parcel)
    {
        if (!_parts.TryGetValue(place.TopicPartition, out var part)) _parts[place.TopicPartition] = part = new Part();
        part.Next = place.Offset + 1;
        part.Records++;
        if (parcel is not null) part.Parcels.Add(parcel);
    }

    /// <summary>Drops the records of partitions that are ours no longer.</summary>
    /// <returns>How many.</returns>
    public int Forget(IEnumerable<TopicPartition> partitions)
    {
        var records = 0;
        foreach (var partition in partitions)
            if (_parts.Remove(partition, out var part)) records += part.Records;
        return records;
    }

    private sealed class Part
    {
        public List<Parcel<TDocument>> Parcels { get; } = [];

        public int Records { get; set; }

        public Offset Next { get; set; }
    }
}
