using System.Collections.Concurrent;
using System.Threading.Channels;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using UsageStreams.Streams.Internal.Native;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>
/// A transactional producer that writes batches as the broker stores them. The native one takes a record as an object of its own, which it
/// allocates, queues, hands to another thread and frees; here a record is bytes in a buffer.
/// </summary>
/// <remarks>Its owner is one thread. Senders and the search for leaders run beside it.</remarks>
internal sealed class WireProducer : IDisposable
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    private readonly WireSettings _settings;
    private readonly ILogger _logger;
    private readonly Cluster _cluster;
    private readonly ConcurrentDictionary<int, BrokerSender> _senders = new();
    private readonly ConcurrentBag<Task> _running = [];
    private readonly Channel<bool> _moved = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();

    public WireProducer(WireSettings settings, Func<string, int> partitionsOf, ILogger logger)
    {
        (_settings, _logger) = (settings, logger);
        _cluster = new Cluster(settings);
        Transaction = new Transaction(settings, _cluster);
        Outbox = new Outbox(settings, partitionsOf, Ready);
        Run(RouteAsync);
    }

    public Outbox Outbox { get; }

    public Transaction Transaction { get; }

    public CancellationToken Stopping => _stopping.Token;

    public void Dispose()
    {
        _stopping.Cancel();
        // Each of them ends with its connection, which is closed now.
        if (!Task.WhenAll(_running).Wait(EndTimeout, CancellationToken.None))
            _logger.ClientMessage(LogLevel.Warning, _settings.ClientId, "END", $"senders did not end within {EndTimeout}");
        Transaction.Dispose();
        _cluster.Dispose();
        _stopping.Dispose();
    }

    private void Ready(int leader)
    {
        if (leader != PartitionQueue.NoLeader && _senders.TryGetValue(leader, out BrokerSender? sender))
            sender.Wake();
        else
            LeadersMoved();
    }

    private void LeadersMoved() => _moved.Writer.TryWrite(true);

    /// <summary>Finds the leaders of partitions that have none.</summary>
    private async Task RouteAsync(CancellationToken stopping)
    {
        var pause = new Backoff(_settings.LongestBackoff);
        while (!stopping.IsCancellationRequested)
        {
            IReadOnlyList<string> topics = Outbox.WithoutLeader();
            if (topics.Count == 0)
            {
                await _moved.Reader.ReadAsync(stopping);
                pause.Reset();
                continue;
            }

            await RouteAsync(topics, stopping);
            if (Outbox.WithoutLeader().Count > 0)
                await pause.WaitAsync(stopping);
        }
    }

    private async Task RouteAsync(IReadOnlyList<string> topics, CancellationToken stopping)
    {
        try
        {
            ClusterMetadata metadata = await _cluster.DescribeAsync(topics, stopping);
            foreach ((string topic, ErrorCode code) in metadata.Refused)
            {
                if (ErrorTable.AnswerTo(code) == ErrorAnswer.Fatal)
                    Outbox.Fail(new DeliveryFailure(topic, Partition.Any.Value, code));
            }

            foreach ((int node, BrokerAddress address) in metadata.Brokers)
                SenderOf(node).MoveTo(address);
            foreach (int node in Outbox.Route(metadata.Leaders))
                SenderOf(node).Wake();
        }
        catch (IOException e)
        {
            _logger.ClientMessage(LogLevel.Debug, _settings.ClientId, "METADATA", e.Message);
        }
        catch (KafkaException e)
        {
            Outbox.Fail(new DeliveryFailure(topics[0], Partition.Any.Value, e.Error.Code, e.Error.Reason));
        }
    }

    private BrokerSender SenderOf(int node) => _senders.GetOrAdd(node, id =>
    {
        var sender = new BrokerSender(id, _settings, Outbox, Transaction, LeadersMoved, _logger);
        Run(sender.RunAsync);
        return sender;
    });

    private void Run(Func<CancellationToken, Task> loop) => _running.Add(Task.Run(() => GuardAsync(loop), CancellationToken.None));

    /// <summary>Nobody waits for these loops: what ends them must be known to the owner.</summary>
    private async Task GuardAsync(Func<CancellationToken, Task> loop)
    {
        try
        {
            await loop(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The end that was asked for.
        }
        catch (Exception e)
        {
            Outbox.Fail(new DeliveryFailure("", Partition.Any.Value, ErrorCode.Local_Fail, $"a sender failed: {e.Message}"));
        }
    }
}
