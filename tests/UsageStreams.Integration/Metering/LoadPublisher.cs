using System.Text;
using Confluent.Kafka;
using UsageStreams.Host.Kafka;
using UsageStreams.Model;
using UsageStreams.Oracle.Load;
using UsageStreams.Oracle.Naive;
using UsageStreams.Streams;

namespace UsageStreams.Integration.Metering;

/// <summary>
/// Sends a load's records in Kafka transactions. Every tenth transaction is aborted when all its records stand in the log, and is made again, so that what
/// was never committed lies among the events, as it does where producers crash.
/// </summary>
internal sealed class LoadPublisher : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly KafkaAccess _access;
    private readonly UsageValues _values;
    private readonly int _partitions;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly List<(TopicPartitionOffset Place, Arrived Record)> _arrived = [];
    private int _transactions;

    /// <param name="access">Where to.</param>
    /// <param name="values">Serdes of the topics' values.</param>
    /// <param name="partitions">Partitions of usage.events.</param>
    public LoadPublisher(KafkaAccess access, UsageValues values, int partitions)
    {
        (_access, _values, _partitions) = (access, values, partitions);
        _producer = new ProducerBuilder<byte[], byte[]>(access.Connection.ProducerConfig(access.Topics.Prefix + "load")).Build();
        _producer.InitTransactions(Patience);
    }

    /// <summary>The records that were committed, in the order in which each partition has them, with the time that the broker says they arrived.</summary>
    public IReadOnlyList<Arrived> Arrived =>
        [.. _arrived.OrderBy(static record => record.Place.Partition.Value).ThenBy(static record => record.Place.Offset.Value).Select(static record => record.Record)];

    /// <summary>Who said when they arrived.</summary>
    public HashSet<TimestampType> Clocks { get; } = [];

    /// <summary>Sends steps, all of them or none.</summary>
    public async Task SendAsync(IReadOnlyList<LoadStep> steps)
    {
        if (++_transactions % 10 == 0)
        {
            await ProduceAsync(steps);
            _producer.AbortTransaction(Patience);
        }

        var reports = await ProduceAsync(steps);
        _producer.CommitTransaction(Patience);
        foreach (var (step, report) in steps.Zip(reports))
        {
            if (NaiveMetering.ArrivedBy(step, report.Timestamp.UnixTimestampMs, _partitions) is not { } record)
                continue;
            Clocks.Add(report.Timestamp.Type);
            _arrived.Add((report.TopicPartitionOffset, record));
        }
    }

    public void Dispose() => _producer.Dispose();

    private Task<DeliveryResult<byte[], byte[]>[]> ProduceAsync(IReadOnlyList<LoadStep> steps)
    {
        _producer.BeginTransaction();
        return Task.WhenAll(steps.Select(Produce));
    }

    private Task<DeliveryResult<byte[], byte[]>> Produce(LoadStep step)
    {
        var (topic, key, value) = step switch
        {
            EventArrives arrives => (_access.Topics.Events, arrives.Key, _values.Bytes(_access.Topics.Events, arrives.Event)),
            GarbageArrives garbage => (_access.Topics.Events, garbage.Key, garbage.Value),
            ReferenceArrives reference => Reference(reference.Record),
            _ => throw new InvalidOperationException($"There is nothing to publish in a step '{step.GetType().Name}'."),
        };
        var message = new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = value!, Timestamp = new Timestamp(DateTimeOffset.FromUnixTimeMilliseconds(step.At)) };
        var partition = step is EventArrives { IsAstray: true } ? new Partition((Partitioners.Murmur2(key, _partitions) + 1) % _partitions) : Partition.Any;
        return _producer.ProduceAsync(new TopicPartition(topic, partition), message, TestContext.Current.CancellationToken);
    }

    private (string Topic, string Key, byte[]? Value) Reference(object record)
    {
        var topics = _access.Topics;
        return record switch
        {
            Tenant tenant => (topics.Tenants, tenant.Id, _values.Bytes(topics.Tenants, tenant)),
            Account account => (topics.Accounts, account.Id, _values.Bytes(topics.Accounts, account)),
            Contract contract => (topics.Contracts, contract.Id, _values.Bytes(topics.Contracts, contract)),
            Product product => (topics.Products, product.Id, _values.Bytes(topics.Products, product)),
            Metric metric => (topics.Metrics, $"{metric.Code}@{metric.Version}", _values.Bytes(topics.Metrics, metric)),
            _ => throw new InvalidOperationException($"{record.GetType().Name} is no reference data."),
        };
    }
}
