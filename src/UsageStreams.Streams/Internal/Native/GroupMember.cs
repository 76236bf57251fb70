using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace UsageStreams.Streams.Internal.Native;

/// <summary>A native consumer's place in its group as the client knows it, which follows rebalances in the background.</summary>
internal static unsafe class GroupMember
{
    /// <summary>The member's id, empty before it has joined, and the generation, -1 before that.</summary>
    public static (string MemberId, int Generation) Of(INativeClient consumer)
    {
        nint metadata = Librdkafka.GroupMetadata(consumer.Pointer);
        if (metadata == 0)
            throw new KafkaException(ErrorCode.Local_UnknownGroup);
        try
        {
            return (Marshal.PtrToStringUTF8((nint)Librdkafka.GroupMetadataMember(metadata)) ?? "", Librdkafka.GroupMetadataGeneration(metadata));
        }
        finally
        {
            Librdkafka.GroupMetadataDestroy(metadata);
        }
    }
}
