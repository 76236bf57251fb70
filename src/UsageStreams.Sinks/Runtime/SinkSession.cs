using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using UsageStreams.Sinks.Telemetry;
using UsageStreams.Streams;

namespace UsageStreams.Sinks.Runtime;

/// <summary>
/// One life of the Kafka clients: reads a chunk of documents, has them delivered, writes receipts and offsets in one transaction.
/// When anything fails between delivery and commit the session ends, and the next one reads and delivers the chunk again, which the
/// connectors' external ids make harmless. Runs on a thread of its own: the clients block.
/// </summary>
internal sealed class SinkSession<TDocument> : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PatienceWithoutPoll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KafkaTimeout = TimeSpan.FromSeconds(30);

    private readonly SinkSessionParts<TDocument> _parts;
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly IProducer<byte[], byte[]> _producer;
    private Chunk<TDocument> _chunk = new();

    public SinkSession(KafkaConnection connection, SinkSessionParts<TDocument> parts)
    {
        _parts = parts;
        var options = parts.Options;
        var consumer = connection.ConsumerConfig(options.GroupId);
        consumer.GroupInstanceId = options.InstanceName;
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(consumer)
            .SetPartitionsRevokedHandler((_, partitions) => Forget(partitions))
            .SetPartitionsLostHandler((_, partitions) => Forget(partitions))
            .SetLogHandler(Log)
            .SetErrorHandler((_, error) => SinkLog.KafkaTrouble(parts.Logger, parts.System, error.Reason))
            .Build();
        var producer = connection.ProducerConfig(parts.TransactionalId);
        _producer = new ProducerBuilder<byte[], byte[]>(producer)
            .SetLogHandler(Log)
            .SetErrorHandler((_, error) => SinkLog.KafkaTrouble(parts.Logger, parts.System, error.Reason))
            .Build();
    }

    /// <summary>Works until told to stop; then finishes what is under way, within the drain time.</summary>
    public void Run(CancellationToken stopping)
    {
        // Told to stop: no new chunk, but the one under way may end. Given up: it may not.
        using var givenUp = new CancellationTokenSource();
        using var draining = stopping.Register(() => givenUp.CancelAfter(_parts.Options.DrainTimeout));
        _producer.InitTransactions(KafkaTimeout);
        var receipts = _parts.Receipts(CountReceiptPartitions());
        _consumer.Subscribe(_parts.Options.Topic);
        while (!stopping.IsCancellationRequested)
        {
            ReadChunk(stopping);
            if (_chunk.Records > 0 && Deliver(givenUp.Token)) Commit(receipts);
        }
    }

    public void Dispose()
    {
        try
        {
            // Leaves the group, so that others, or the next session, need not wait for the session timeout.
            _consumer.Close();
        }
        catch (KafkaException error)
        {
            SinkLog.KafkaTrouble(_parts.Logger, _parts.System, error.Error.Reason);
        }

        _consumer.Dispose();
        _producer.Dispose();
    }

    private void Log(IClient client, LogMessage message) => SinkLog.Kafka(_parts.Logger, _parts.System, message.Message);

    private void Forget(IEnumerable<TopicPartitionOffset> partitions)
    {
        var records = _chunk.Forget(partitions.Select(partition => partition.TopicPartition));
        if (records > 0) SinkLog.Moved(_parts.Logger, _parts.System, records);
    }

    private int CountReceiptPartitions()
    {
        using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        var topic = _parts.Options.ReceiptsTopic;
        var partitions = admin.GetMetadata(topic, KafkaTimeout).Topics.Single().Partitions.Count;
        return partitions > 0 ? partitions : throw new KafkaException(new Error(ErrorCode.UnknownTopicOrPart, $"The receipts topic {topic} does not exist; create it."));
    }

    private void ReadChunk(CancellationToken stopping)
    {
        _chunk = new Chunk<TDocument>();
        while (_chunk.Records < _parts.Options.MaxRecords && !stopping.IsCancellationRequested)
        {
            // The first record is worth a wait; after it, only what is there already.
            if (_consumer.Consume(_chunk.Records == 0 ? PollInterval : TimeSpan.Zero) is not { } record) return;
            _chunk.Add(record.TopicPartitionOffset, _parts.Reader.Read(record));
        }
    }

    /// <summary>Has the chunk delivered; false when it was given up.</summary>
    private bool Deliver(CancellationToken givenUp)
    {
        var delivering = _parts.Courier.DeliverAsync(_chunk.Parcels, givenUp);
        if (!IsDoneWithin(delivering, PatienceWithoutPoll)) PollUntilDone(delivering);
        try
        {
            delivering.GetAwaiter().GetResult();
            return _chunk.Records > 0;
        }
        catch (OperationCanceledException) when (givenUp.IsCancellationRequested)
        {
            return false;
        }
    }

    // The remote system may be down for hours. Without polls the group would take the worker for dead after max.poll.interval.ms.
    private void PollUntilDone(Task delivering)
    {
        _consumer.Pause(_consumer.Assignment);
        while (!IsDoneWithin(delivering, PollInterval))
        {
            if (_consumer.Consume(TimeSpan.Zero) is not { } early) continue;

            // Of a partition that came during the pause. Its turn is after this chunk.
            _consumer.Pause([early.TopicPartition]);
            _consumer.Seek(early.TopicPartitionOffset);
        }

        _consumer.Resume(_consumer.Assignment);
    }

    private static bool IsDoneWithin(IAsyncResult task, TimeSpan wait) => task.IsCompleted || task.AsyncWaitHandle.WaitOne(wait);

    private void Commit(ReceiptWriter<TDocument> receipts)
    {
        var parcels = _chunk.Parcels;
        var messages = parcels.ConvertAll(receipts.Write);
        _producer.BeginTransaction();
        try
        {
            // A failed write shows when the transaction is committed.
            foreach (var (place, message) in messages) _producer.Produce(place, message);
            _producer.SendOffsetsToTransaction(_chunk.NextOffsets, _consumer.ConsumerGroupMetadata, KafkaTimeout);
            _producer.CommitTransaction(KafkaTimeout);
        }
        catch (KafkaException error)
        {
            Abort(error);
            throw;
        }

        var accepted = parcels.Count(parcel => parcel.Outcome!.IsAccepted);
        SinkLog.Committed(_parts.Logger, _parts.System, accepted, parcels.Count - accepted, _chunk.Records);
    }

    // An open transaction would hold up the receipts' readers until it times out. A producer that is fenced has none any more.
    private void Abort(KafkaException cause)
    {
        if (cause.Error.IsFatal) return;
        try
        {
            _producer.AbortTransaction(KafkaTimeout);
        }
        catch (KafkaException error)
        {
            SinkLog.KafkaTrouble(_parts.Logger, _parts.System, error.Error.Reason);
        }
    }
}

/// <summary>What a session works with, the same for all sessions of a worker.</summary>
internal sealed record SinkSessionParts<TDocument>(
    string System,
    string TransactionalId,
    SinkWorkerOptions Options,
    RecordReader<TDocument> Reader,
    Courier<TDocument> Courier,
    Func<int, ReceiptWriter<TDocument>> Receipts,
    ILogger Logger);
