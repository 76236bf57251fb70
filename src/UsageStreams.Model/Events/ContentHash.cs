using System.Buffers.Binary;
using System.Numerics;

namespace UsageStreams.Model;

/// <summary>
/// Tells contents of events apart: 64 bits by multiplication and folding. The same on every machine, since workers compare what others kept. It holds
/// against chance, not against somebody who looks for collisions: such a one only gets another event of his own called a repetition.
/// </summary>
public record struct ContentHash
{
    private const ulong Odd = 0x9e3779b97f4a7c15;
    private const ulong Step = 0xd6e8feb86659fd93;

    private ulong _state;

    /// <summary>What was added so far.</summary>
    public readonly ulong Value => Fold(_state ^ Step, Odd);

    /// <summary>The hash of some bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = default(ContentHash);
        hash.Add(bytes);
        return hash.Value;
    }

    /// <summary>Adds a number.</summary>
    public void Add(ulong word) => _state = Fold(_state ^ word, Odd) + Step;

    /// <summary>Adds bytes, their length in front.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add((ulong)bytes.Length + 1);
        while (bytes.Length >= sizeof(ulong))
        {
            Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        if (!bytes.IsEmpty) Add(Rest(bytes));
    }

    // Fewer than 8 bytes in two reads, which may overlap: with the length in front they say the same as one after the other.
    private static ulong Rest(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        >= sizeof(uint) => BinaryPrimitives.ReadUInt32LittleEndian(bytes) | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]) << 32),
        >= sizeof(ushort) => BinaryPrimitives.ReadUInt16LittleEndian(bytes) | ((ulong)BinaryPrimitives.ReadUInt16LittleEndian(bytes[^sizeof(ushort)..]) << 32),
        _ => bytes[0],
    };

    /// <summary>Adds that there is nothing, which is not the same as nothing added.</summary>
    public void AddAbsent() => Add(0);

    /// <summary>Adds a decimal. Those of one schema have one scale, so equal ones have equal bits.</summary>
    public void Add(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        Add((uint)bits[0] | ((ulong)(uint)bits[1] << 32));
        Add((uint)bits[2] | ((ulong)(uint)bits[3] << 32));
    }

    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ BitOperations.RotateLeft(low, 1);
    }
}
