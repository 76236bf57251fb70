using System.Buffers;

namespace UsageStreams.Streams.Internal.Joins;

/// <summary>A record of one of two sides.</summary>
internal readonly record struct Either<TLeft, TRight>(bool IsLeft, bool HasValue, TLeft? Left, TRight? Right)
{
    public static Either<TLeft, TRight> OfLeft(TLeft value) => new(IsLeft: true, HasValue: true, value, default);

    public static Either<TLeft, TRight> OfRight(TRight value) => new(IsLeft: false, HasValue: true, default, value);

    /// <summary>A key of that side's table was removed.</summary>
    public static Either<TLeft, TRight> Removed(bool left) => new(left, HasValue: false, default, default);
}

/// <summary>One byte that says which side and whether there is a value, then the value.</summary>
internal sealed class EitherSerde<TLeft, TRight>(ISerde<TLeft> leftSerde, ISerde<TRight> rightSerde) : ISerde<Either<TLeft, TRight>>
{
    private const byte IsRight = 1;
    private const byte IsRemoved = 2;

    public void Serialize(Either<TLeft, TRight> value, IBufferWriter<byte> output)
    {
        output.GetSpan(1)[0] = (byte)((value.IsLeft ? 0 : IsRight) | (value.HasValue ? 0 : IsRemoved));
        output.Advance(1);
        if (!value.HasValue)
            return;
        if (value.IsLeft)
            leftSerde.Serialize(value.Left!, output);
        else
            rightSerde.Serialize(value.Right!, output);
    }

    public Either<TLeft, TRight> Deserialize(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty || data[0] > (IsRight | IsRemoved))
            throw new UndecodableException($"A joined record begins with a byte from 0 to 3; {(data.IsEmpty ? "there is none" : $"it is {data[0]}")}.");
        bool left = (data[0] & IsRight) == 0;
        if ((data[0] & IsRemoved) != 0)
            return Either<TLeft, TRight>.Removed(left);
        return left ? Either<TLeft, TRight>.OfLeft(leftSerde.Deserialize(data[1..])) : Either<TLeft, TRight>.OfRight(rightSerde.Deserialize(data[1..]));
    }
}
