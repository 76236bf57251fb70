using System.Buffers;
using System.Buffers.Binary;

namespace UsageStreams.Streams.Internal.Joins;

/// <summary>What two tables hold of one key, at least one of them something.</summary>
internal sealed record Pair<TLeft, TRight>(bool HasLeft, TLeft? Left, bool HasRight, TRight? Right)
{
    /// <summary>The pair after a change; null when neither table has the key any more.</summary>
    public static Pair<TLeft, TRight>? After(Pair<TLeft, TRight>? pair, in Either<TLeft, TRight> change)
    {
        (bool hasLeft, TLeft? left) = change.IsLeft ? (change.HasValue, change.Left) : pair is null ? (false, default) : (pair.HasLeft, pair.Left);
        (bool hasRight, TRight? right) = !change.IsLeft ? (change.HasValue, change.Right) : pair is null ? (false, default) : (pair.HasRight, pair.Right);
        return hasLeft || hasRight ? new Pair<TLeft, TRight>(hasLeft, left, hasRight, right) : null;
    }
}

/// <summary>The left value's length (4 bytes, big-endian, -1 without one), the left value, one byte for whether there is a right value, the right value.</summary>
internal sealed class PairSerde<TLeft, TRight>(ISerde<TLeft> leftSerde, ISerde<TRight> rightSerde) : ISerde<Pair<TLeft, TRight>>
{
    private readonly ArrayBufferWriter<byte> _left = new();

    public void Serialize(Pair<TLeft, TRight> value, IBufferWriter<byte> output)
    {
        // A serde may be shared by the threads of an application; this buffer may not.
        lock (_left)
        {
            _left.ResetWrittenCount();
            if (value.HasLeft)
                leftSerde.Serialize(value.Left!, _left);
            BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(sizeof(int)), value.HasLeft ? _left.WrittenCount : -1);
            output.Advance(sizeof(int));
            output.Write(_left.WrittenSpan);
        }

        output.GetSpan(1)[0] = value.HasRight ? (byte)1 : (byte)0;
        output.Advance(1);
        if (value.HasRight)
            rightSerde.Serialize(value.Right!, output);
    }

    public Pair<TLeft, TRight> Deserialize(ReadOnlySpan<byte> data)
    {
        int length = data.Length < sizeof(int) ? int.MaxValue : BinaryPrimitives.ReadInt32BigEndian(data);
        int right = sizeof(int) + Math.Max(0, length);
        if (length < -1 || right < 0 || right >= data.Length)
            throw new UndecodableException($"A pair of {data.Length} bytes has no room for a left value of {length}.");
        return new Pair<TLeft, TRight>(
            length >= 0,
            length >= 0 ? leftSerde.Deserialize(data.Slice(sizeof(int), length)) : default,
            data[right] != 0,
            data[right] != 0 ? rightSerde.Deserialize(data[(right + 1)..]) : default);
    }
}
