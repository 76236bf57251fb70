using UsageStreams.Protocol;

namespace UsageStreams.Embedded.Requests;

/// <summary>One partition a fetch asks for.</summary>
internal readonly record struct FetchPartition(int Index, int LeaderEpoch, long Offset, int MaxBytes);

/// <summary>The partitions of one topic a fetch asks for.</summary>
internal readonly record struct FetchTopic(string Name, FetchPartition[] Partitions);

/// <summary>A fetch request, read whole because it may have to be answered several times before its answer is large enough.</summary>
internal sealed record FetchRequest(int MaxWaitMs, int MinBytes, int MaxBytes, bool ReadCommitted, int SessionId, FetchTopic[] Topics)
{
    public static FetchRequest Read(Request request)
    {
        var reader = request.Reader;
        reader.ReadInt32();
        int maxWait = reader.ReadInt32();
        int minBytes = reader.ReadInt32();
        int maxBytes = reader.ReadInt32();
        bool committed = reader.ReadInt8() == 1;
        int session = 0;
        if (request.Version >= 7)
        {
            session = reader.ReadInt32();
            reader.ReadInt32();
        }

        var topics = new FetchTopic[Math.Max(0, reader.ReadArrayLength())];
        for (int i = 0; i < topics.Length; i++)
        {
            topics[i] = new FetchTopic(reader.ReadString(), ReadPartitions(reader, request.Version));
            reader.SkipTags();
        }

        // What follows (forgotten topics of a session, the rack) has no meaning without sessions and replicas.
        return new FetchRequest(maxWait, minBytes, maxBytes, committed, session, topics);
    }

    private static FetchPartition[] ReadPartitions(WireReader reader, short version)
    {
        var partitions = new FetchPartition[Math.Max(0, reader.ReadArrayLength())];
        for (int i = 0; i < partitions.Length; i++)
        {
            int index = reader.ReadInt32();
            int epoch = version >= 9 ? reader.ReadInt32() : -1;
            long offset = reader.ReadInt64();
            if (version >= 12)
                reader.ReadInt32();
            if (version >= 5)
                reader.ReadInt64();
            partitions[i] = new FetchPartition(index, epoch, offset, reader.ReadInt32());
            reader.SkipTags();
        }

        return partitions;
    }
}
