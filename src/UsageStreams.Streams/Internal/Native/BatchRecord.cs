using System.Runtime.InteropServices;
using Confluent.Kafka;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Native;

/// <summary>A record, the end of a partition, or an error, in the client's memory: valid until its batch is released.</summary>
/// <param name="message">The record.</param>
/// <param name="next">The one after it in the batch; null for the last.</param>
internal readonly unsafe ref struct BatchRecord(NativeMessage* message, NativeMessage* next)
{
    // More than what stands between the value of a record without headers and the key of the next, in any of Kafka's formats.
    private const int NextKeyWithin = 64;

    // The latest version of which it was seen that keys and values are where they were fetched.
    public const int TriedVersion = 0x020f01ff;

    private static readonly bool PointsIntoFetched = Library.Version <= TriedVersion;

    /// <summary>Which partition, without a name: equal for all records of the partition.</summary>
    public PartitionHandle Partition => new(message->Topic, message->Partition);

    public string Topic => TopicOf(message->Topic);

    /// <summary>At the end of a partition, where the next record will be.</summary>
    public long Offset => message->Offset;

    public bool IsPartitionEnd => message->Error == (int)ErrorCode.Local_PartitionEOF;

    public bool IsError => message->Error != (int)ErrorCode.NoError && !IsPartitionEnd;

    public bool HasKey => message->Key is not null;

    public ReadOnlySpan<byte> Key => new(message->Key, checked((int)message->KeyLength));

    public bool HasValue => message->Value is not null;

    public ReadOnlySpan<byte> Value => new(message->Value, checked((int)message->ValueLength));

    /// <summary>Unix ms.</summary>
    public long Timestamp
    {
        get
        {
            int type;
            return Librdkafka.MessageTimestamp(message, &type);
        }
    }

    public RecordHeaders Headers
    {
        get
        {
            if (PointsIntoFetched && IsFollowedByNoHeaders)
                return RecordHeaders.Empty;
            nint headers;
            return Librdkafka.MessageHeaders(message, &headers) == (int)ErrorCode.NoError ? Copy(headers) : RecordHeaders.Empty;
        }
    }

    /// <summary>What went wrong, in the client's words.</summary>
    public KafkaException Error => new(new Error((ErrorCode)message->Error, message->Value is null ? null : System.Text.Encoding.UTF8.GetString(Value)));

    /// <summary>
    /// Whether it is seen without asking the client that there are no headers: to be asked costs it an allocation even then. In Kafka's record format their number is the byte
    /// after the value (https://kafka.apache.org/documentation/#record), and the client points into what it fetched. That byte is looked at where the next record's key begins
    /// soon after, so that both are in one piece of memory; before version 2 of the format, which had no headers, it is the first of an offset, which is 0.
    /// </summary>
    private bool IsFollowedByNoHeaders
    {
        get
        {
            if (next is null || message->Value is null)
                return false;
            byte* end = message->Value + message->ValueLength;
            return next->Key > end && next->Key - end <= NextKeyWithin && *end == 0;
        }
    }

    public InputRecord ToInput() => new(message->Offset, Timestamp)
    {
        Key = Key,
        HasKey = HasKey,
        Value = Value,
        HasValue = HasValue,
        Headers = Headers,
    };

    public TopicPartitionOffset Position() =>
        new(message->Topic == 0 ? "?" : Topic, message->Partition, message->Offset);

    internal static string TopicOf(nint topic) => Marshal.PtrToStringUTF8((nint)Librdkafka.TopicName(topic))!;

    private static RecordHeaders Copy(nint headers)
    {
        var copied = new RecordHeader[Librdkafka.HeaderCount(headers)];
        byte* name;
        byte* value;
        nuint length;
        for (int i = 0; i < copied.Length; i++)
        {
            _ = Librdkafka.HeaderGetAll(headers, (nuint)i, &name, &value, &length);
            byte[]? bytes = value is null ? null : new ReadOnlySpan<byte>(value, checked((int)length)).ToArray();
            copied[i] = new RecordHeader(HeaderNames.Of(name), bytes);
        }

        return RecordHeaders.Owning(copied);
    }
}

/// <summary>A partition as the client knows it, for as long as it is assigned.</summary>
internal readonly record struct PartitionHandle(nint Topic, int Partition);
