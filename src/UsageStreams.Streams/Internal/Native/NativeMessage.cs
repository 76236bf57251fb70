using System.Runtime.InteropServices;

namespace UsageStreams.Streams.Internal.Native;

/// <summary>The layout of <c>rd_kafka_message_t</c>, which is part of the library's stable interface.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMessage
{
    public int Error;
    public nint Topic;
    public int Partition;
    public byte* Value;
    public nuint ValueLength;
    public byte* Key;
    public nuint KeyLength;
    public long Offset;
    public nint Private;
}

/// <summary>The layout of <c>rd_kafka_vu_t</c>: one named argument of a produce call.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal unsafe struct ProduceArgument
{
    public const int TopicHandle = 2;
    public const int PartitionNumber = 3;
    public const int ValueBytes = 4;
    public const int KeyBytes = 5;
    public const int Flags = 7;
    public const int Timestamp = 8;
    public const int Header = 9;

    [FieldOffset(0)]
    public int Type;

    [FieldOffset(8)]
    public nint Handle;

    [FieldOffset(8)]
    public int Int32;

    [FieldOffset(8)]
    public long Int64;

    [FieldOffset(8)]
    public byte* Bytes;

    [FieldOffset(16)]
    public nint Length;

    [FieldOffset(16)]
    public byte* HeaderValue;

    [FieldOffset(24)]
    public nint HeaderLength;
}
