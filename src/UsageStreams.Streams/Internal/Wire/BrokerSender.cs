using System.Threading.Channels;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using UsageStreams.Streams.Internal.Native;
using UsageStreams.Streams.Internal.Runtime;

namespace UsageStreams.Streams.Internal.Wire;

/// <summary>
/// Sends to one broker what is sealed for the partitions it leads: one request at a time, with one batch of each partition, so that order needs no
/// care. While it is answered the next one fills up.
/// </summary>
internal sealed class BrokerSender(int node, WireSettings settings, Outbox outbox, Transaction transaction, Action leadersMoved, ILogger logger)
{
    private const int RequestBytes = 1 << 20;

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<PartitionQueue> _taken = [];
    private BrokerAddress? _address;

    /// <summary>There may be something to send.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>The node listens here now.</summary>
    public void MoveTo(BrokerAddress address) => Volatile.Write(ref _address, address);

    /// <summary>Sends until <paramref name="stopping"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var connection = new WireConnection(settings);
        var pause = new Backoff(settings.LongestBackoff);
        while (!stopping.IsCancellationRequested)
        {
            outbox.Take(node, RequestBytes, _taken);
            if (_taken.Count == 0)
            {
                await _wake.Reader.ReadAsync(stopping);
                continue;
            }

            if (await TrySendAsync(connection, stopping))
                pause.Reset();
            else
                await pause.WaitAsync(stopping);
        }
    }

    /// <returns>False when something is to be tried again after a pause.</returns>
    private async Task<bool> TrySendAsync(WireConnection connection, CancellationToken stopping)
    {
        try
        {
            await transaction.AddAsync(_taken, stopping);
            foreach (PartitionQueue queue in _taken)
                queue.Number(transaction.Producer);
            return Settle(await connection.CallAsync(Volatile.Read(ref _address)!, ProduceRequest.Of(settings, _taken), ProduceRequest.Read, stopping));
        }
        catch (IOException e)
        {
            bool wasIdle = e is BrokerAwayException { WasIdle: true };
            logger.ClientMessage(LogLevel.Debug, settings.ClientId, "PRODUCE", e.Message);
            Return(leaderIsLost: !wasIdle);
            return wasIdle;
        }
        catch (KafkaException e)
        {
            Fail(_taken[0].Partition, e.Error);
            return true;
        }
        finally
        {
            // Whatever ended it: nobody else may wait for these.
            Return(leaderIsLost: false);
        }
    }

    private bool Settle(List<(TopicPartition Partition, ErrorCode Code, string? Reason)> results)
    {
        bool isAll = true;
        foreach ((TopicPartition partition, ErrorCode code, string? reason) in results)
        {
            int index = _taken.FindIndex(queue => queue.Partition == partition);
            if (index < 0)
                throw new IOException($"node {node} answers for {partition}, to which nothing was sent");
            PartitionQueue queue = _taken[index];
            // The batch was written before, and the answer to that was lost.
            bool isWritten = code is ErrorCode.NoError or ErrorCode.DuplicateSequenceNumber;
            if (!isWritten && !MayPass(code))
                Fail(partition, new Error(code, reason ?? new Error(code).Reason));
            _taken.RemoveAt(index);
            isAll &= isWritten;
            if (isWritten)
                outbox.Acknowledge(queue);
            else
                outbox.Again(queue, leaderIsLost: true);
        }

        if (!isAll)
            leadersMoved();
        return isAll;
    }

    // A broker that has just started does not know all its partitions yet.
    private static bool MayPass(ErrorCode code) =>
        code == ErrorCode.UnknownTopicOrPart || ErrorTable.AnswerTo(code) == ErrorAnswer.Retry;

    private void Fail(TopicPartition partition, Error error) =>
        outbox.Fail(new DeliveryFailure(partition.Topic, partition.Partition.Value, error.Code, error.Reason));

    private void Return(bool leaderIsLost)
    {
        foreach (PartitionQueue queue in _taken)
            outbox.Again(queue, leaderIsLost);
        bool isAny = _taken.Count > 0;
        _taken.Clear();
        if (leaderIsLost && isAny)
            leadersMoved();
    }
}
