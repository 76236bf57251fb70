using UsageStreams.Streams.Internal.Tasks;

namespace UsageStreams.Streams.Testing.Internal;

/// <summary>Reads a partition of the driver once more.</summary>
internal sealed class TestPastReader : IPastReader
{
    private readonly IReadOnlyList<StoredRecord> _records;
    private long _position;

    public TestPastReader(IReadOnlyList<StoredRecord> records, long fromArrival)
    {
        _records = records;
        while (_position < records.Count && records[(int)_position].Timestamp < fromArrival)
            _position++;
        Start = new PastInputStart(_position, _position < records.Count ? records[(int)_position].Timestamp : null, IsCutOff: false);
    }

    public PastInputStart? Start { get; }

    public long? Position => _position;

    public void Read(int limit, long until, PastRecordTaker take)
    {
        for (int read = 0; read < limit && _position < until; read++)
        {
            InputRecord record = _records[(int)_position].ToInput(_position);
            _position++;
            take(in record);
        }
    }

    public void Dispose()
    {
    }
}
