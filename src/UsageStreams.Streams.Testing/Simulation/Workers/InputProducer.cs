using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Testing.Simulation.Log;

namespace UsageStreams.Streams.Testing.Simulation.Workers;

/// <summary>
/// An application that writes the input: some records plainly, some in transactions, of which some are aborted, or left open until they time
/// out, and are then tried again.
/// </summary>
internal sealed class InputProducer(SimulationRun run, string name)
{
    private readonly Queue<SimulatedDelivery> _waiting = new();
    private readonly List<SimulatedDelivery> _inTransaction = [];
    private int _epoch = -1;
    private int _planned;

    public bool IsDone => _waiting.Count == 0 && _inTransaction.Count == 0;

    public void Add(SimulatedDelivery delivery) => _waiting.Enqueue(delivery);

    public void Step()
    {
        if (IsDone)
            return;
        try
        {
            if (_planned == 0 && _inTransaction.Count == 0 && !Plan())
                Write(_waiting.Dequeue());
            else
                Continue();
        }
        catch (TransactionFailure)
        {
            // Its transaction timed out.
            Retry("times out");
        }
    }

    /// <summary>Writes at once, outside transactions.</summary>
    public void Write(SimulatedDelivery delivery)
    {
        run.Trace.Event(name, "writes");
        run.Log[Target(delivery)].Append(Entry(delivery));
    }

    private bool Plan()
    {
        if (!run.Random.PerMille(300))
            return false;
        _planned = Math.Min(_waiting.Count, run.Random.Between(1, 4));
        _epoch = run.Log.Transactions.Initialise(name);
        return true;
    }

    private void Continue()
    {
        if (_planned > 0)
        {
            _planned--;
            SimulatedDelivery delivery = _waiting.Dequeue();
            _inTransaction.Add(delivery);
            run.Trace.Event(name, "writes in a transaction");
            run.Log.Transactions.Produce(name, _epoch, Target(delivery), Entry(delivery));
            return;
        }

        bool abort = run.FaultsOn && run.Random.PerMille(250);
        _epoch = run.Log.Transactions.End(name, _epoch, !abort);
        if (abort)
            Retry("aborts");
        else
            run.Trace.Event(name, "commits");
        _inTransaction.Clear();
    }

    private void Retry(string cause)
    {
        run.Trace.Fault(name, $"producer {cause}");
        SimulatedDelivery[] later = [.. _waiting];
        _waiting.Clear();
        foreach (SimulatedDelivery delivery in _inTransaction.Concat(later))
            _waiting.Enqueue(delivery);
        _inTransaction.Clear();
        _planned = 0;
    }

    private TopicPartition Target(SimulatedDelivery delivery) => new(
        delivery.Topic, delivery.Partition ?? Partitioners.Murmur2(delivery.Key, run.Log.PartitionCount(delivery.Topic)));

    private LogEntry Entry(SimulatedDelivery delivery) =>
        new(delivery.Key, delivery.Value, RecordHeaders.Empty, run.Log.UnixNow, null, IsMarker: false);
}
