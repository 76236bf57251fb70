using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Testing.Internal;

/// <summary>Reads a partition of the driver once more.</summary>
internal sealed class TestPastReader : IPastReader
{
    private readonly IReadOnlyList<StoredRecord> _records;
    private readonly WantedOffsets? _wanted;
    private long _position;

    public TestPastReader(IReadOnlyList<StoredRecord> records, PastRequest request)
    {
        (_records, _wanted) = (records, request.Wanted());
        if (_wanted is not null)
        {
            Start = new PastInputStart(_wanted.Next ?? 0, null, IsCutOff: false);
            return;
        }

        while (_position < records.Count && records[(int)_position].Timestamp < request.FromArrival)
            _position++;
        Start = new PastInputStart(_position, _position < records.Count ? records[(int)_position].Timestamp : null, IsCutOff: false);
    }

    public PastInputStart? Start { get; }

    public long? Position => _position;

    public void Read(int limit, long until, PastRecordTaker take)
    {
        for (int read = 0; read < limit && _position < until; read++)
        {
            if (_wanted is not null)
                _position = Math.Min(_wanted.Next ?? until, until);
            if (_position == until)
                return;
            InputRecord record = _records[(int)_position].ToInput(_position);
            _position++;
            _wanted?.PassTo(_position);
            take(in record);
        }
    }

    public void Dispose()
    {
    }
}
