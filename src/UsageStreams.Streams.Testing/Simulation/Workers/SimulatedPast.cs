using Confluent.Kafka;
using UsageStreams.Streams.Internal.Runtime;
using UsageStreams.Streams.Internal.Tasks;
using UsageStreams.Streams.Testing.Simulation.Log;

namespace UsageStreams.Streams.Testing.Simulation.Workers;

/// <summary>Reads a partition's past: some of it at a time, or nothing yet.</summary>
internal sealed class SimulatedPast(SimulatedWorker worker, TopicPartition partition, PastRequest request) : IPastReader
{
    private readonly SimulatedPartition _log = worker.Run.Log[partition];
    private readonly WantedOffsets? _wanted = request.Wanted();
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
            if (_wanted is not null)
                _position = Math.Min(Math.Max(_wanted.Next ?? until, _position), until);
            if (_position == until)
                return;
            long position = _position;
            LogEntry? entry = Next(ref position);
            _position = Math.Min(position, until);
            if (entry is null || position > until)
                return;
            if (_wanted?.Takes(position - 1) != false)
                take(entry.ToInput(position - 1));
        }
    }

    public void Dispose()
    {
    }

    private void Begin()
    {
        if (_wanted is not null)
        {
            bool isCutOff = _wanted.Next < _log.Start;
            _wanted.PassTo(_log.Start);
            _position = _wanted.Next ?? _log.Start;
            Start = new PastInputStart(_position, null, isCutOff);
            return;
        }

        _position = _log.Since(request.FromArrival);
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
