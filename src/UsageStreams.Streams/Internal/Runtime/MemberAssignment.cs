using System.Buffers.Binary;
using System.Text;
using Confluent.Kafka;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>
/// The partitions of a group's member, as the consumer protocol writes them: version, topics, user data, all big-endian
/// (Kafka's ConsumerProtocolAssignment.json; later versions only add to the end).
/// </summary>
internal static class MemberAssignment
{
    /// <summary>Reads them; none from an empty value, which a member has before it was assigned anything.</summary>
    public static List<TopicPartition> Read(ReadOnlySpan<byte> bytes)
    {
        var partitions = new List<TopicPartition>();
        if (bytes.IsEmpty)
            return partitions;
        int at = sizeof(short);
        for (int topics = Int32(bytes, ref at); topics > 0; topics--)
        {
            int length = BinaryPrimitives.ReadInt16BigEndian(bytes[at..]);
            string topic = Encoding.UTF8.GetString(bytes.Slice(at + sizeof(short), length));
            at += sizeof(short) + length;
            for (int count = Int32(bytes, ref at); count > 0; count--)
                partitions.Add(new TopicPartition(topic, Int32(bytes, ref at)));
        }

        return partitions;
    }

    private static int Int32(ReadOnlySpan<byte> bytes, ref int at)
    {
        int value = BinaryPrimitives.ReadInt32BigEndian(bytes[at..]);
        at += sizeof(int);
        return value;
    }
}
