using System.Text.Unicode;
using UsageStreams.Avro;
using UsageStreams.Model;

namespace UsageStreams.Topology.Metering.Decoding;

/// <summary>Reads one event from the body that <see cref="UsageEvent"/>'s schema writes, field by field in its order.</summary>
internal ref struct EventReader
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly EventPools _pools;
    private AvroReader _reader;
    private ContentHash _content;

    public EventReader(ReadOnlySpan<byte> body, EventPools pools)
    {
        _body = body;
        _pools = pools;
        _reader = new AvroReader(body);
    }

    /// <param name="isSound">Whether nothing speaks for a broken rule; if something does, the rules must be asked.</param>
    /// <exception cref="AvroDataException">The bytes are no event.</exception>
    public IncomingEvent Read(out bool isSound)
    {
        var id = Bytes();
        var source = Bytes();
        var type = Hashed(_pools.Words);
        var tenant = Bytes();
        var usage = new MetricEvent(
            type, Text(_pools.Words, source), Text(_pools.Names, tenant), Optional(_pools.Names), Optional(_pools.Names), Hashed(_pools.Words), Time(), Quantity(), Properties());
        OptionalBytes(out _);
        var retracts = OptionalBytes(out var isRetraction);
        var amends = OptionalBytes(out var isAmendment);
        if (_reader.Remaining > 0) throw new AvroDataException($"{_reader.Remaining} bytes follow the record", _reader.Position);
        var identity = EventDigest.Of(tenant, source, id);
        isSound = !(isRetraction | isAmendment) && !id.IsEmpty && !source.IsEmpty && !tenant.IsEmpty && type.Length > 0 && !(usage.Quantity < 0);
        if (!(isRetraction | isAmendment)) return new IncomingEvent(usage, identity, _content.Value, null, null);
        var target = EventDigest.Of(tenant, source, isRetraction ? retracts : amends);
        return new IncomingEvent(usage, identity, _content.Value, new TakesBack(target, Text(_pools.Names, id), isAmendment), null);
    }

    private ReadOnlySpan<byte> Bytes()
    {
        var start = _reader.Position;
        var bytes = _reader.ReadBytesSpan();
        return Utf8.IsValid(bytes) ? bytes : throw NoText(bytes, start);
    }

    private readonly string Text(TextPool pool, ReadOnlySpan<byte> bytes) => pool.TryGet(bytes) ?? throw NoText(bytes, _reader.Position);

    private string Hashed(TextPool pool)
    {
        var bytes = _reader.ReadBytesSpan();
        var hash = ContentHash.Of(bytes);
        _content.Add(hash);
        return pool.TryGet(bytes, hash) ?? throw NoText(bytes, _reader.Position);
    }

    private string? Optional(TextPool pool)
    {
        if (_reader.ReadUnion(2) != 0) return Hashed(pool);
        _content.AddAbsent();
        return null;
    }

    private ReadOnlySpan<byte> OptionalBytes(out bool isPresent)
    {
        isPresent = _reader.ReadUnion(2) != 0;
        if (!isPresent)
        {
            _content.AddAbsent();
            return default;
        }

        var bytes = Bytes();
        _content.Add(ContentHash.Of(bytes));
        return bytes;
    }

    private long Time()
    {
        var time = _reader.ReadTimestampMillis().ToUnixTimeMilliseconds();
        _content.Add((ulong)time);
        return time;
    }

    private decimal? Quantity()
    {
        if (_reader.ReadUnion(2) == 0)
        {
            _content.AddAbsent();
            return null;
        }

        var quantity = _reader.ReadDecimal(28, 9);
        _content.Add(1);
        _content.Add(quantity);
        return quantity;
    }

    private PropertySet Properties()
    {
        var properties = _pools.Properties.Read(_body, ref _reader);
        _content.Add(properties.Hash);
        return properties.Set;
    }

    private static AvroDataException NoText(ReadOnlySpan<byte> bytes, int position) => new($"a string of {bytes.Length} bytes is not valid UTF-8", position);
}

/// <summary>What events share; for all threads of a worker.</summary>
internal sealed class EventPools
{
    /// <summary>Types, sources, products, names and values of properties: few, even of many tenants.</summary>
    public TextPool Words { get; } = new(1 << 14);

    /// <summary>Tenants, users, workspaces.</summary>
    public TextPool Names { get; } = new(1 << 18);

    /// <summary>Sets of properties.</summary>
    public PropertyPool Properties { get; }

    public EventPools() => Properties = new PropertyPool(1 << 13, Words);
}
