using System.Buffers;
using System.Text;
using UsageStreams.Avro.Registry;
using UsageStreams.Model;
using UsageStreams.Topology;

namespace UsageStreams.Benchmarks.Metering;

/// <summary>
/// Events of a rate, encoded before the clock starts: what is measured is the worker, and whoever sends to it shares its two cores and its garbage collector.
/// </summary>
internal sealed class EncodedEvents
{
    private readonly ArrayBufferWriter<byte> _bodies = new();
    private readonly int[] _ends;
    private readonly byte[][] _keys;

    /// <summary>Encodes the events of some time from now on.</summary>
    public EncodedEvents(UsageSerdes serdes, double perSecond, TimeSpan duration)
    {
        var serializer = new AvroRecordSerializer<UsageEvent>(serdes.Registry, serdes.Topics.Events + "-value");
        var start = TimeProvider.System.GetUtcNow();
        _keys = [.. MeteringLoad.TenantNames.Select(Encoding.UTF8.GetBytes)];
        _ends = new int[(int)(duration.TotalSeconds * perSecond)];
        for (var number = 0; number < _ends.Length; number++)
        {
            serializer.Serialize(MeteringLoad.EventOf(number, start.AddSeconds(number / perSecond)), _bodies);
            _ends[number] = _bodies.WrittenCount;
        }
    }

    public int Count => _ends.Length;

    public byte[] KeyOf(int number) => _keys[MeteringLoad.TenantOfEvent(number)];

    /// <summary>A copy: the client takes arrays only.</summary>
    public byte[] ValueOf(int number) => _bodies.WrittenSpan[(number == 0 ? 0 : _ends[number - 1]).._ends[number]].ToArray();
}
