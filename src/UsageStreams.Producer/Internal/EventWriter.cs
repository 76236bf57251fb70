using System.Buffers;
using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using UsageStreams.Avro;
using UsageStreams.Avro.Registry;
using UsageStreams.Model;
using Trace = UsageStreams.Model.Trace;

namespace UsageStreams.Producer.Internal;

/// <summary>Makes records of events: key, value in the registry's wire format, headers.</summary>
internal sealed class EventWriter(AvroRecordSerializer<UsageEvent> serializer, int maxBytes)
{
    // A buffer that one huge event made larger than this is not kept.
    private const int MaxKeptBuffer = 1 << 20;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    /// <summary>The record; null with the reason when the event can't be written.</summary>
    public PreparedEvent? Write(UsageEvent usage, string? traceparent, out EventFault fault)
    {
        fault = default;
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        try
        {
            serializer.Serialize(InOrder(usage), buffer);
        }
        catch (AvroDataException error)
        {
            fault = new EventFault("unwritable", $"The event can't be written in its schema: {error.Message}");
            return null;
        }

        var key = Encoding.UTF8.GetBytes(usage.Tenant);
        var headers = HeadersOf(usage, traceparent);
        var size = key.Length + buffer.WrittenCount;
        foreach (var header in headers)
            size += header.Key.Length + header.GetValueBytes().Length;
        if (size > maxBytes)
        {
            fault = new EventFault("event-too-large", $"The event takes {size} bytes, and {maxBytes} is the limit; leave properties out, or send it as several events.");
            return null;
        }

        if (buffer.Capacity > MaxKeptBuffer)
            _buffer = null;
        return new PreparedEvent(new Message<byte[], byte[]> { Key = key, Value = buffer.WrittenSpan.ToArray(), Headers = headers }, size);
    }

    private static Headers HeadersOf(UsageEvent usage, string? traceparent) => new()
    {
        { Trace.CorrelationHeader, Encoding.UTF8.GetBytes(usage.CorrelationId ?? usage.Source + "/" + usage.Id) },
        { Trace.TraceparentHeader, Encoding.ASCII.GetBytes(Valid(traceparent) ?? Current() ?? Trace.TraceparentOf(usage.Source, usage.Id)) },
    };

    // What is no trace context is to be ignored, says the specification.
    private static string? Valid(string? traceparent) => ActivityContext.TryParse(traceparent, traceState: null, out _) ? traceparent : null;

    private static string? Current() => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : null;

    // The same event is the same bytes, in whatever order its properties were put together.
    private static UsageEvent InOrder(UsageEvent usage)
    {
        string? before = null;
        foreach (var name in usage.Properties.Keys)
        {
            if (before is not null && string.CompareOrdinal(before, name) > 0)
                return usage with { Properties = new SortedDictionary<string, string>(usage.Properties.ToDictionary(), StringComparer.Ordinal) };
            before = name;
        }

        return usage;
    }
}
