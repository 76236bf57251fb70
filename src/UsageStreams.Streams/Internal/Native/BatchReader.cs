using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace UsageStreams.Streams.Internal.Native;

/// <summary>
/// Takes records from a consumer by the batch, without a managed object for any of them. Serves what else the client has to say, rebalance
/// handlers included, on the thread that reads; counts as a poll for <c>max.poll.interval.ms</c>.
/// </summary>
internal sealed unsafe class BatchReader : IDisposable
{
    private readonly ConfluentClient _client;
    private readonly NativeMessage** _messages;
    private readonly int _limit;
    private readonly nint _queue;
    private bool _disposed;

    /// <summary>Reads from <paramref name="consumer"/>, which must be disposed after this.</summary>
    /// <param name="consumer">The consumer; nobody else reads from it.</param>
    /// <param name="limit">Records of a batch at most.</param>
    public BatchReader(IClient consumer, int limit)
    {
        _client = new ConfluentClient(consumer);
        _limit = limit;
        _messages = (NativeMessage**)NativeMemory.AllocZeroed((nuint)limit, (nuint)sizeof(NativeMessage*));
        _queue = Librdkafka.QueueGetConsumer(_client.Pointer);
    }

    /// <summary>The consumer.</summary>
    public INativeClient Client => _client;

    /// <summary>Records of the batch at hand.</summary>
    public int Count { get; private set; }

    public BatchRecord this[int index] => (uint)index < (uint)Count
        ? new BatchRecord(_messages[index], index + 1 < Count ? _messages[index + 1] : null)
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"The batch has {Count} records.");

    /// <summary>Reads what is there, and waits for the first record when there is nothing. Releases the batch before.</summary>
    public void Read(TimeSpan wait)
    {
        Release();
        // With a time-out the call would wait until the batch is full.
        Count = Take(0);
        if (Count > 0 || wait <= TimeSpan.Zero)
            return;
        NativeMessage* first = Librdkafka.ConsumerPoll(_client.Pointer, (int)wait.TotalMilliseconds);
        if (first is null)
            return;
        _messages[0] = first;
        Count = 1;
        Count += Take(1);
    }

    /// <summary>Counts as a poll for <c>max.poll.interval.ms</c> and does nothing else: no handler runs, and the batch stays.</summary>
    public void KeepAlive() => Librdkafka.ConsumeBatchQueue(_queue, 0, _messages, 0);

    /// <summary>Gives the batch's memory back to the client.</summary>
    public void Release()
    {
        for (int i = 0; i < Count; i++)
            Librdkafka.MessageDestroy(_messages[i]);
        Count = 0;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Release();
        Librdkafka.QueueDestroy(_queue);
        NativeMemory.Free(_messages);
        _client.Dispose();
    }

    private int Take(int from)
    {
        nint taken = Librdkafka.ConsumeBatchQueue(_queue, 0, _messages + from, (nuint)(_limit - from));
        return taken >= 0 ? (int)taken : throw new KafkaException((ErrorCode)Librdkafka.LastError());
    }
}
