using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using UsageStreams.Avro.Registry;
using UsageStreams.Model;
using UsageStreams.Streams;
using UsageStreams.Topology;

namespace UsageStreams.Benchmarks.Metering;

/// <summary>
/// Publishes events at a rate and reads the committed running totals: the latency of an account's n-th event ends with the total that counts n events.
/// </summary>
internal sealed class RunningLatency
{
    // What the first seconds take is starting, not running.
    private static readonly TimeSpan Skipped = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, ConcurrentQueue<long>> _waiting = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<long>[] _waitingOfTenant;
    private readonly Dictionary<(string Account, DateTimeOffset Period), long> _counted = [];
    private readonly Quantiles _latencies = new();
    private long _skipUntil;
    private int _open;

    private RunningLatency() => _waitingOfTenant =
    [
        .. MeteringLoad.TenantNames.Select((_, number) => CollectionsMarshal.GetValueRefOrAddDefault(_waiting, MeteringLoad.AccountOf((uint)number), out var _) ??= new ConcurrentQueue<long>()),
    ];

    /// <summary>Runs the topology with one thread and measures.</summary>
    /// <param name="connection">The broker.</param>
    /// <param name="serdes">Serdes and topics; references are published.</param>
    /// <param name="perSecond">Events a second.</param>
    public static async Task<IReadOnlyDictionary<string, double>> RunAsync(KafkaConnection connection, UsageSerdes serdes, double perSecond)
    {
        var run = new RunningLatency();
        var events = new EncodedEvents(serdes, perSecond, Skipped + Measured);
        using var state = new StateFolder();
        await using var streams = await MeteringBenchmark.StartAsync(connection, serdes, state, threads: 1);
        using var ended = new CancellationTokenSource();
        var reading = Task.Factory.StartNew(() => run.Read(connection, serdes, ended.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.Factory.StartNew(() => run.Send(connection, serdes.Topics.Events, events, perSecond), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await ended.CancelAsync();
        await reading;
        return new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["events/s"] = perSecond,
            ["events"] = run._latencies.Count,
            ["p50, ms"] = run._latencies.At(0.5),
            ["p99, ms"] = run._latencies.At(0.99),
        };
    }

    private void Send(KafkaConnection connection, string topic, EncodedEvents events, double perSecond)
    {
        var config = connection.ProducerConfig();
        config.LingerMs = 2;
        // What a stall of a shared machine holds back must wait, not fail.
        config.QueueBufferingMaxMessages = 1_000_000;
        config.EnableDeliveryReports = false;
        using var producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        var start = Stopwatch.GetTimestamp();
        _skipUntil = start + (long)(Skipped.TotalSeconds * Stopwatch.Frequency);
        for (var number = 0; number < events.Count;)
        {
            for (var due = (int)Math.Min(events.Count, Stopwatch.GetElapsedTime(start).TotalSeconds * perSecond); number < due; number++) Send(producer, topic, events, number);
            producer.Flush(TimeSpan.FromMilliseconds(1));
        }

        producer.Flush();
    }

    private void Send(IProducer<byte[], byte[]> producer, string topic, EncodedEvents events, int number)
    {
        Interlocked.Increment(ref _open);
        _waitingOfTenant[MeteringLoad.TenantOfEvent(number)].Enqueue(Stopwatch.GetTimestamp());
        producer.Produce(topic, new Message<byte[], byte[]> { Key = events.KeyOf(number), Value = events.ValueOf(number) });
    }

    private void Read(KafkaConnection connection, UsageSerdes serdes, CancellationToken ended)
    {
        var config = connection.ConsumerConfig($"{serdes.Topics.Running}-latency");
        config.IsolationLevel = IsolationLevel.ReadCommitted;
        config.FetchWaitMaxMs = 10;
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).Build();
        consumer.Assign(Enumerable.Range(0, TopicCatalogue.DefaultPartitions).Select(partition => new TopicPartitionOffset(serdes.Topics.Running, partition, Offset.Beginning)));
        var totals = new AvroRecordDeserializer<RunningTotal>(serdes.Registry);
        var last = Stopwatch.GetTimestamp();
        while (!ended.IsCancellationRequested || Volatile.Read(ref _open) > 0)
        {
            var record = consumer.Consume(TimeSpan.FromMilliseconds(100));
            var now = Stopwatch.GetTimestamp();
            if (record?.Message.Value is { } value)
            {
                Take(totals.Deserialize(value), now);
                last = now;
            }
            else if (ended.IsCancellationRequested && Stopwatch.GetElapsedTime(last, now) > Patience)
            {
                throw new InvalidOperationException($"{_open} events are in no running total, and for {Patience.TotalSeconds:0} s nothing has come.");
            }
        }
    }

    private void Take(RunningTotal total, long now)
    {
        // All events have bytes; the other metrics take some of them.
        if (total.Metric != "bytes.out" || !_waiting.TryGetValue(total.Account, out var waiting)) return;
        var period = (total.Account, total.PeriodStart);
        for (var more = total.Count - _counted.GetValueOrDefault(period); more > 0 && waiting.TryDequeue(out var sent); more--)
        {
            Interlocked.Decrement(ref _open);
            if (sent >= Volatile.Read(ref _skipUntil)) _latencies.Add(Stopwatch.GetElapsedTime(sent, now));
        }

        _counted[period] = total.Count;
    }
}
