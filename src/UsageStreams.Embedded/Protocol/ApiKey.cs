namespace UsageStreams.Embedded.Protocol;

/// <summary>The requests this broker answers. The numbers are the wire.</summary>
internal enum ApiKey : short
{
    Produce = 0,
    Fetch = 1,
    ListOffsets = 2,
    Metadata = 3,
    OffsetCommit = 8,
    OffsetFetch = 9,
    FindCoordinator = 10,
    JoinGroup = 11,
    Heartbeat = 12,
    LeaveGroup = 13,
    SyncGroup = 14,
    DescribeGroups = 15,
    ListGroups = 16,
    ApiVersions = 18,
    CreateTopics = 19,
    DeleteTopics = 20,
    DeleteRecords = 21,
    InitProducerId = 22,
    OffsetForLeaderEpoch = 23,
    AddPartitionsToTxn = 24,
    AddOffsetsToTxn = 25,
    EndTxn = 26,
    TxnOffsetCommit = 28,
    DescribeConfigs = 32,
    AlterConfigs = 33,
    CreatePartitions = 37,
    DeleteGroups = 42,
    IncrementalAlterConfigs = 44,
    OffsetDelete = 47,
    DescribeCluster = 60,
    DescribeProducers = 61,
    DescribeTransactions = 65,
    ListTransactions = 66,
}

/// <summary>
/// The versions of one request: what is advertised, from which version on it is served, and which is the first with flexible encoding.
/// Produce is advertised from 0 because clients before librdkafka 2.11.1 stop compressing otherwise, and served from 3 as Kafka 4 does.
/// </summary>
internal readonly record struct ApiVersionRange(ApiKey Key, short Min, short Max, short FirstFlexible, short FirstServed)
{
    public ApiVersionRange(ApiKey key, short min, short max, short firstFlexible)
        : this(key, min, max, firstFlexible, min)
    {
    }

    public bool Serves(short version) => version >= FirstServed && version <= Max;

    public bool IsFlexible(short version) => version >= FirstFlexible;
}
