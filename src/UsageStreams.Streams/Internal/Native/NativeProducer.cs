using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Internal.Native;

/// <summary>Hands records to a producer's queue, which copies their bytes; nothing managed is made for any of them.</summary>
internal sealed unsafe class NativeProducer : IDisposable
{
    private const int CopyBytes = 2;
    private const int FixedArguments = 6;

    private readonly INativeClient _client;
    private readonly nint _pointer;
    private readonly Dictionary<string, nint> _topics = new(StringComparer.Ordinal);
    private readonly HeaderArguments _headers = new();
    private string? _lastTopic;
    private nint _lastHandle;

    /// <summary>Writes by <paramref name="producer"/>, which must be disposed after this.</summary>
    public NativeProducer(IClient producer)
        : this(new ConfluentClient(producer))
    {
    }

    /// <summary>Writes by <paramref name="client"/>, and disposes it at the end.</summary>
    public NativeProducer(INativeClient client) => (_client, _pointer) = (client, client.Pointer);

    /// <summary>Puts a record into the queue.</summary>
    /// <returns>False when the queue is full.</returns>
    /// <exception cref="KafkaException">The client refuses the record, or the transaction failed.</exception>
    public bool TryProduce(in OutputRecord record)
    {
        if (record.Headers.Count > 0)
            return TryProduceWithHeaders(in record);
        ProduceArgument* arguments = stackalloc ProduceArgument[FixedArguments];
        // A pointer says that there is a key or a value, though it be empty.
        byte empty;
        fixed (byte* key = record.Key, value = record.Value)
        {
            Fill(arguments, in record, key is null ? &empty : key, value is null ? &empty : value);
            return Send(arguments, FixedArguments);
        }
    }

    public void Dispose()
    {
        foreach (nint topic in _topics.Values)
            Librdkafka.TopicDestroy(topic);
        _topics.Clear();
        _lastTopic = null;
        _headers.Dispose();
        _client.Dispose();
    }

    private void Fill(ProduceArgument* arguments, in OutputRecord record, byte* key, byte* value)
    {
        arguments[0] = new ProduceArgument { Type = ProduceArgument.TopicHandle, Handle = HandleOf(record.Topic) };
        arguments[1] = new ProduceArgument { Type = ProduceArgument.PartitionNumber, Int32 = record.Partition };
        arguments[2] = new ProduceArgument { Type = ProduceArgument.Flags, Int32 = CopyBytes };
        arguments[3] = new ProduceArgument { Type = ProduceArgument.KeyBytes, Bytes = record.HasKey ? key : null, Length = record.Key.Length };
        arguments[4] = new ProduceArgument { Type = ProduceArgument.ValueBytes, Bytes = record.HasValue ? value : null, Length = record.Value.Length };
        // Zero: the client takes the wall clock.
        arguments[5] = new ProduceArgument { Type = ProduceArgument.Timestamp, Int64 = record.Timestamp == OutputRecord.Now ? 0 : record.Timestamp };
    }

    private bool TryProduceWithHeaders(in OutputRecord record)
    {
        int count = FixedArguments + record.Headers.Count;
        _headers.Copy(record.Headers, FixedArguments);
        byte empty;
        fixed (byte* key = record.Key, value = record.Value)
        {
            Fill(_headers.Arguments, in record, key is null ? &empty : key, value is null ? &empty : value);
            return Send(_headers.Arguments, count);
        }
    }

    private bool Send(ProduceArgument* arguments, int count)
    {
        nint error = Librdkafka.Produce(_pointer, arguments, (nuint)count);
        if (error == 0)
            return true;
        try
        {
            var code = (ErrorCode)Librdkafka.ErrorCode(error);
            if (code == ErrorCode.Local_QueueFull)
                return false;
            throw new KafkaException(new Error(code, Marshal.PtrToStringUTF8((nint)Librdkafka.ErrorText(error))));
        }
        finally
        {
            Librdkafka.ErrorDestroy(error);
        }
    }

    private nint HandleOf(string topic)
    {
        // The names are the same few objects all the time.
        if (ReferenceEquals(topic, _lastTopic))
            return _lastHandle;
        if (!_topics.TryGetValue(topic, out nint handle))
        {
            fixed (byte* name = Encoding.UTF8.GetBytes(topic + '\0'))
                handle = Librdkafka.TopicNew(_pointer, name, 0);
            if (handle == 0)
                throw new KafkaException((ErrorCode)Librdkafka.LastError());
            _topics.Add(topic, handle);
        }

        (_lastTopic, _lastHandle) = (topic, handle);
        return handle;
    }
}
