using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using UsageStreams.Streams;

namespace UsageStreams.Benchmarks.Engine;

/// <summary>The value of an input record: 142 bytes, 150 with the key, which is the tenant's number.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Reading
{
    public long Id;
    public long Time;
    public long Quantity;
    public int Status;
    public Attributes Attributes;
}

/// <summary>What a topology carries along without looking at it.</summary>
[InlineArray(114)]
internal struct Attributes
{
    private byte _first;
}

/// <summary>What the stateless case writes.</summary>
internal readonly record struct Usage(long Id, long Time, long Quantity);

/// <summary>An event of a tenant, as the deduplication knows it.</summary>
internal readonly record struct EventId(long Tenant, long Id);

/// <summary>A tumbling window of an owner: a tenant or an account.</summary>
internal readonly record struct WindowKey(long Owner, long Start);

/// <summary>A sum and of how many events it is.</summary>
internal readonly record struct Total(long Quantity, long Events);

/// <summary>Values whose bytes in memory are their bytes in Kafka.</summary>
internal class FixedLayout<T> : ISerde<T>
    where T : unmanaged
{
    public static FixedLayout<T> Instance { get; } = new();

    public virtual void Serialize(T value, IBufferWriter<byte> output)
    {
        var size = Unsafe.SizeOf<T>();
        MemoryMarshal.Write(output.GetSpan(size), in value);
        output.Advance(size);
    }

    public T Deserialize(ReadOnlySpan<byte> data) => data.Length == Unsafe.SizeOf<T>()
        ? MemoryMarshal.Read<T>(data)
        : throw new UndecodableException($"{typeof(T).Name} has {Unsafe.SizeOf<T>()} bytes; there are {data.Length}.");
}

/// <summary>Counts what a store writes to its changelog: nothing else serialises its keys and values.</summary>
internal sealed class ChangelogSerde<T>(ChangelogBytes bytes) : FixedLayout<T>
    where T : unmanaged
{
    public override void Serialize(T value, IBufferWriter<byte> output)
    {
        base.Serialize(value, output);
        bytes.Written += Unsafe.SizeOf<T>();
    }
}

/// <summary>Bytes written to the changelogs of one run; by its one stream thread.</summary>
internal sealed class ChangelogBytes
{
    public long Written { get; set; }
}
