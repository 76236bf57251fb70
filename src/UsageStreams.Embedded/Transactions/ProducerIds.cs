using System.Buffers.Binary;
using UsageStreams.Embedded.Storage;

namespace UsageStreams.Embedded.Transactions;

/// <summary>Hands out producer ids, each once in the life of the data folder: blocks are reserved in the journal before use.</summary>
internal sealed class ProducerIds
{
    private const string Key = "producer-ids";
    private const long Block = 1000;

    private readonly Lock _gate = new();
    private readonly Journal _journal;
    private long _next;
    private long _reserved;

    public ProducerIds(Journal journal)
    {
        _journal = journal;
        _next = _reserved = journal.Get(Key) is { } bytes ? BinaryPrimitives.ReadInt64BigEndian(bytes) : 0;
    }

    public long Next()
    {
        lock (_gate)
        {
            if (_next == _reserved)
            {
                byte[] bytes = new byte[8];
                BinaryPrimitives.WriteInt64BigEndian(bytes, _reserved + Block);
                _journal.Put(Key, bytes);
                _reserved += Block;
            }

            return _next++;
        }
    }
}
