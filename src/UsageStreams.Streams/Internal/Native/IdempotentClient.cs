using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace UsageStreams.Streams.Internal.Native;

/// <summary>
/// A producer made by the engine itself, which is told of failed deliveries and of no others. Confluent.Kafka's tells of all, by an object for
/// each record, or of none; and where no transaction fails with a record, a failure that nobody hears of is a record lost.
/// </summary>
/// <remarks>Everything but logging happens on the thread that calls <see cref="Poll"/> and <see cref="Flush"/>.</remarks>
internal sealed unsafe class IdempotentClient : INativeClient
{
    private const int ErrorTextBytes = 512;
    private const int ProducerType = 0;
    private const int PurgeQueuesAndInFlight = 3;

    private readonly Action<LogMessage> _log;
    private GCHandle _self;
    private nint _client;

    /// <summary>Makes the producer.</summary>
    /// <param name="config">Settings; those of Confluent.Kafka's own, which begin with <c>dotnet.</c>, do not count.</param>
    /// <param name="log">Takes what the client logs, on any thread.</param>
    /// <exception cref="StreamsException">A setting is wrong.</exception>
    public IdempotentClient(ProducerConfig config, Action<LogMessage> log)
    {
        _log = log;
        config.Set("delivery.report.only.error", "true");
        _self = GCHandle.Alloc(this);
        byte* text = stackalloc byte[ErrorTextBytes];
        nint settings = Settings(config, text);
        Librdkafka.ConfSetOpaque(settings, GCHandle.ToIntPtr(_self));
        Librdkafka.ConfSetDeliveryReport(settings, &OnDeliveryFailed);
        Librdkafka.ConfSetLog(settings, &OnLog);
        _client = Librdkafka.New(ProducerType, settings, text, ErrorTextBytes);
        if (_client != 0)
            return;
        Librdkafka.ConfDestroy(settings);
        _self.Free();
        throw Wrong(text);
    }

    public nint Pointer => _client;

    /// <summary>Records that were given up, by time-out or because a broker refused them.</summary>
    public long Failed { get; private set; }

    /// <summary>Why the first of them was given up; null when none was.</summary>
    public DeliveryFailure? FirstFailure { get; private set; }

    /// <summary>Waits for something to do, and hears of failed deliveries.</summary>
    public void Poll(TimeSpan wait) => Librdkafka.Poll(_client, (int)wait.TotalMilliseconds);

    /// <summary>Waits until every record is acknowledged or given up.</summary>
    /// <returns>Whether that is so.</returns>
    public bool Flush(TimeSpan wait) => Librdkafka.Flush(_client, (int)wait.TotalMilliseconds) == (int)ErrorCode.NoError;

    /// <summary>Gives up everything that is not acknowledged.</summary>
    public void Purge() => Librdkafka.Purge(_client, PurgeQueuesAndInFlight);

    public void Dispose()
    {
        if (_client == 0)
            return;
        Librdkafka.Destroy(_client);
        _client = 0;
        _self.Free();
    }

    private nint Settings(ProducerConfig config, byte* text)
    {
        nint settings = Librdkafka.ConfNew();
        foreach ((string name, string value) in config)
        {
            if (name.StartsWith("dotnet.", StringComparison.Ordinal))
                continue;
            fixed (byte* nameBytes = Encoding.UTF8.GetBytes(name + '\0'), valueBytes = Encoding.UTF8.GetBytes(value + '\0'))
            {
                if (Librdkafka.ConfSet(settings, nameBytes, valueBytes, text, ErrorTextBytes) == 0)
                    continue;
            }

            Librdkafka.ConfDestroy(settings);
            _self.Free();
            throw Wrong(text);
        }

        return settings;
    }

    private static StreamsException Wrong(byte* text) => new(
        $"The Kafka client can't be made: {Marshal.PtrToStringUTF8((nint)text)}. Correct {nameof(KafkaConnection)}.{nameof(KafkaConnection.Settings)}.");

    private static IdempotentClient? Of(nint handle) => GCHandle.FromIntPtr(handle).Target as IdempotentClient;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnDeliveryFailed(nint client, NativeMessage* message, nint opaque)
    {
        if (message->Error == (int)ErrorCode.NoError || Of(opaque) is not { } producer)
            return;
        producer.Failed++;
        producer.FirstFailure ??= new DeliveryFailure(BatchRecord.TopicOf(message->Topic), message->Partition, (ErrorCode)message->Error);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLog(nint client, int level, byte* facility, byte* text) => Of(Librdkafka.Opaque(client))?._log(new LogMessage(
        Marshal.PtrToStringUTF8((nint)Librdkafka.Name(client)), (SyslogLevel)level, Marshal.PtrToStringUTF8((nint)facility), Marshal.PtrToStringUTF8((nint)text)));
}

/// <summary>A record that was not delivered.</summary>
internal sealed record DeliveryFailure(string Topic, int Partition, ErrorCode Code, string? Reason = null);
