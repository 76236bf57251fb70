using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Testing.Simulation.Log;

namespace UsageStreams.Streams.Testing.Simulation.Workers;

/// <summary>Reads a partition's past: some of it at a time, or nothing yet.</summary>
internal sealed class SimulatedPast(SimulatedWorker worker, TopicPartition partition, long fromArrival) : IPastReader
{
    private readonly SimulatedPartition _log = worker.Run.Log[partition];
    private long _position;

    public PastInputStart? Start { get; private set; }

    public long? Position => Start is null ? null : _position;

    public void Read(int limit, long until, PastRecordTaker take)
    {
        worker.Reach("read the past", Risk.Read);
        worker.MayFail("read the past", "past not read");
        if (Start is null)
            Begin();
        int left = worker.Run.FaultsOn ? Math.Min(limit, worker.Run.Random.Next(40)) : limit;
        while (left-- > 0 && _position < until)
        {
            long position = _position;
            LogEntry? entry = Next(ref position);
            _position = Math.Min(position, until);
            if (entry is null || position > until)
                return;
            take(entry.ToInput(position - 1));
        }
    }

    public void Dispose()
    {
    }

    private void Begin()
    {
        _position = _log.Since(fromArrival);
        bool isThere = _position < _log.HighWatermark;
        Start = new PastInputStart(_position, isThere ? _log.Entries[(int)_position].Timestamp : null, _position == _log.Start && _log.Start > 0);
    }

    private LogEntry? Next(ref long position)
    {
        try
        {
            return _log.Read(ref position);
        }
        catch (KafkaException e)
        {
            throw new TransactionFailure($"Could not read the past at {partition}: {e.Error.Reason}.", e);
        }
    }
}
