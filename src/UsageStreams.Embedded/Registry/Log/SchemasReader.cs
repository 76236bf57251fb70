using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Log;

/// <summary>Reads the registry's topic from its first record on, for as long as it lives, and applies every record in offset order.</summary>
internal sealed class SchemasReader : IAsyncDisposable
{
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly SchemaStore _store;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _endReached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;
    private readonly TopicPartition _partition;
    private readonly TimeSpan _timeout;
    private long _endAtStart = long.MaxValue;

    public SchemasReader(EmbeddedRegistryOptions options, TopicPartition partition, SchemaStore store, ILogger logger)
    {
        _partition = partition;
        _timeout = options.KafkaTimeout;
        _store = store;
        _logger = logger;
        var settings = new ConsumerConfig(KafkaSettings.Of(options))
        {
            GroupId = "embedded-registry", // demanded by the client; nothing is committed
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            EnablePartitionEof = true,
            IsolationLevel = IsolationLevel.ReadCommitted,
            AutoOffsetReset = AutoOffsetReset.Error,
        };
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(settings)
            .SetLogHandler(KafkaSettings.Silent)
            .SetErrorHandler(KafkaSettings.Logged(logger))
            .Build();
        _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Completes when everything that was in the topic at the start has been applied; fails when reading does.</summary>
    public Task EndReached => _endReached.Task;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _reading;
        _consumer.Close();
        _consumer.Dispose();
        _stopping.Dispose();
    }

    private void Read()
    {
        try
        {
            // Asking for both ends first makes the client learn the leader; assigned without it, it waits half a second before it looks.
            WatermarkOffsets range = _consumer.QueryWatermarkOffsets(_partition, _timeout);
            _consumer.Assign(new TopicPartitionOffset(_partition, range.Low));
            _endAtStart = range.High.Value;
            AdvanceTo(range.Low.Value);
            while (true)
                Take(_consumer.Consume(_stopping.Token));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            _store.Fail(new ObjectDisposedException(nameof(SchemasReader), "The registry was stopped."));
        }
        catch (Exception error)
        {
            _logger.LogError(error, "The registry cannot read its topic any further and will answer writes with errors; restart it once the cause is gone");
            _store.Fail(error);
            _endReached.TrySetException(error);
        }
    }

    private void Take(ConsumeResult<byte[]?, byte[]?> result)
    {
        if (result.IsPartitionEOF)
        {
            AdvanceTo(result.Offset.Value);
            return;
        }

        try
        {
            string? refusal = LogRecordCodec.Decode(result.Message.Key, result.Message.Value) is { } record
                ? _store.Apply(record, result.Offset.Value)
                : null;
            if (refusal is not null)
                _logger.LogWarning("Record {Position} of the registry's topic is left out: {Refusal}", result.TopicPartitionOffset, refusal);
        }
        catch (InvalidDataException error)
        {
            _logger.LogWarning("Record {Position} of the registry's topic is left out: {Cause}", result.TopicPartitionOffset, error.Message);
        }

        AdvanceTo(result.Offset.Value + 1);
    }

    private void AdvanceTo(long nextOffset)
    {
        _store.AdvanceTo(nextOffset);
        if (nextOffset >= _endAtStart)
            _endReached.TrySetResult();
    }
}
