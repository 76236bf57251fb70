using Confluent.Kafka;
using UsageStreams.Protocol;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>Which brokers there are, and which of them leads each partition of some topics.</summary>
/// <param name="Brokers">Addresses by node id.</param>
/// <param name="Leaders">Node ids of leaders; partitions without one are missing.</param>
/// <param name="Refused">Topics that can't be written, with the error.</param>
internal sealed record ClusterMetadata(
    IReadOnlyDictionary<int, BrokerAddress> Brokers, IReadOnlyDictionary<TopicPartition, int> Leaders, IReadOnlyDictionary<string, ErrorCode> Refused)
{
    public static WireRequest Request(IReadOnlyCollection<string> topics) => new(ApiKey.Metadata, ApiVersions.Metadata, IsFlexible: false, writer =>
    {
        writer.WriteStringArray(topics);
        // No topic is made by asking, and nobody needs to know who may do what.
        writer.WriteBoolean(false);
        writer.WriteBoolean(false);
        writer.WriteBoolean(false);
    });

    public static ClusterMetadata Read(WireReader reader)
    {
        reader.ReadInt32();
        Dictionary<int, BrokerAddress> brokers = ReadBrokers(reader);
        reader.ReadNullableString();
        reader.ReadInt32();
        var leaders = new Dictionary<TopicPartition, int>();
        var refused = new Dictionary<string, ErrorCode>(StringComparer.Ordinal);
        for (int left = reader.ReadArrayLength(); left > 0; left--)
            ReadTopic(reader, leaders, refused);
        return new ClusterMetadata(brokers, leaders, refused);
    }

    private static Dictionary<int, BrokerAddress> ReadBrokers(WireReader reader)
    {
        var brokers = new Dictionary<int, BrokerAddress>();
        for (int left = reader.ReadArrayLength(); left > 0; left--)
        {
            int node = reader.ReadInt32();
            brokers[node] = new BrokerAddress(reader.ReadString(), reader.ReadInt32());
            reader.ReadNullableString();
        }

        return brokers;
    }

    private static void ReadTopic(WireReader reader, Dictionary<TopicPartition, int> leaders, Dictionary<string, ErrorCode> refused)
    {
        var error = (ErrorCode)reader.ReadInt16();
        string topic = reader.ReadString();
        reader.ReadBoolean();
        if (error != ErrorCode.NoError)
            refused[topic] = error;
        for (int left = reader.ReadArrayLength(); left > 0; left--)
        {
            var partitionError = (ErrorCode)reader.ReadInt16();
            int partition = reader.ReadInt32();
            int leader = reader.ReadInt32();
            reader.ReadInt32();
            reader.ReadInt32Array();
            reader.ReadInt32Array();
            reader.ReadInt32Array();
            if (leader >= 0 && partitionError is ErrorCode.NoError or ErrorCode.ReplicaNotAvailable)
                leaders[new TopicPartition(topic, partition)] = leader;
        }

        reader.ReadInt32();
    }
}
