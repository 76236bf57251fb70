using Confluent.Kafka;
using UsageStreams.Protocol;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>
/// What a broker must speak: of each request the version that the engine writes. All of them are served by Kafka 2.5 and everything since.
/// </summary>
internal static class ApiVersions
{
    public const short Produce = 8;
    public const short Metadata = 8;
    public const short FindCoordinator = 2;
    public const short InitProducerId = 1;
    public const short AddPartitionsToTxn = 2;
    public const short AddOffsetsToTxn = 2;
    public const short EndTxn = 2;

    /// <summary>The first with the member's generation, by which the group fences; the only flexible one.</summary>
    public const short TxnOffsetCommit = 3;

    private static readonly (ApiKey Key, short Version)[] Spoken =
    [
        (ApiKey.Produce, Produce), (ApiKey.Metadata, Metadata), (ApiKey.FindCoordinator, FindCoordinator), (ApiKey.InitProducerId, InitProducerId),
        (ApiKey.AddPartitionsToTxn, AddPartitionsToTxn), (ApiKey.AddOffsetsToTxn, AddOffsetsToTxn), (ApiKey.EndTxn, EndTxn),
        (ApiKey.TxnOffsetCommit, TxnOffsetCommit),
    ];

    /// <summary>Asks which versions the broker speaks; version 0 of this request every broker does.</summary>
    public static WireRequest Request { get; } = new(ApiKey.ApiVersions, 0, IsFlexible: false, static _ => { });

    /// <exception cref="KafkaException">The broker can't do what the engine needs.</exception>
    public static void Check(WireReader answer, BrokerAddress address)
    {
        if ((ErrorCode)answer.ReadInt16() is var error and not ErrorCode.NoError)
            throw new KafkaException(new Error(error, $"{address} does not tell which requests it serves"));
        var served = new Dictionary<ApiKey, (short Min, short Max)>();
        for (int left = answer.ReadArrayLength(); left > 0; left--)
            served[(ApiKey)answer.ReadInt16()] = (answer.ReadInt16(), answer.ReadInt16());
        foreach ((ApiKey key, short version) in Spoken)
        {
            if (!served.TryGetValue(key, out (short Min, short Max) range) || version < range.Min || version > range.Max)
                throw new KafkaException(new Error(ErrorCode.UnsupportedVersion, $"{address} does not serve version {version} of {key}: it needs Kafka 2.5 or later"));
        }
    }
}
