using System.Buffers;

namespace UsageStreams.Streams.Internal.Joins.Foreign;

internal enum AnswerKind : byte
{
    Left,
    LeftAlone,
    LeftRemoved,
    Right,
    NoRight,
    Ended,
}

/// <summary>What the task of a left key is told: its value, by the left table, and that of its foreign key, by the task that has it.</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Number">The subscription that it belongs to. Each change of the foreign key begins one with a higher number.</param>
/// <param name="LeftValue">The left value.</param>
/// <param name="RightValue">The foreign key's value.</param>
internal readonly record struct Answer<TLeft, TRight>(AnswerKind Kind, long Number, TLeft? LeftValue, TRight? RightValue)
{
    public static Answer<TLeft, TRight> LeftRemoved => new(AnswerKind.LeftRemoved, 0, default, default);

    /// <summary>A left value that points to something.</summary>
    public static Answer<TLeft, TRight> Left(TLeft value, long number) => new(AnswerKind.Left, number, value, default);

    /// <summary>A left value without a foreign key: no answer will come.</summary>
    public static Answer<TLeft, TRight> LeftAlone(TLeft value, long number) => new(AnswerKind.LeftAlone, number, value, default);

    public static Answer<TLeft, TRight> Right(TRight value, long number) => new(AnswerKind.Right, number, default, value);

    public static Answer<TLeft, TRight> NoRight(long number) => new(AnswerKind.NoRight, number, default, default);

    /// <summary>No further answer will come of this subscription.</summary>
    public static Answer<TLeft, TRight> Ended(long number) => new(AnswerKind.Ended, number, default, default);
}

/// <summary>One byte for the kind, then the number, then the value that there is.</summary>
internal sealed class AnswerSerde<TLeft, TRight>(ISerde<TLeft> leftSerde, ISerde<TRight> rightSerde) : ISerde<Answer<TLeft, TRight>>
{
    private const int ValueFrom = 1 + sizeof(long);

    public void Serialize(Answer<TLeft, TRight> value, IBufferWriter<byte> output)
    {
        output.GetSpan(1)[0] = (byte)value.Kind;
        output.Advance(1);
        Serdes.Int64.Serialize(value.Number, output);
        if (value.Kind is AnswerKind.Left or AnswerKind.LeftAlone)
            leftSerde.Serialize(value.LeftValue!, output);
        else if (value.Kind is AnswerKind.Right)
            rightSerde.Serialize(value.RightValue!, output);
    }

    public Answer<TLeft, TRight> Deserialize(ReadOnlySpan<byte> data)
    {
        if (data.Length < ValueFrom || data[0] > (byte)AnswerKind.Ended)
            throw new UndecodableException($"The {data.Length} bytes are no part of a join by foreign key: it has {ValueFrom} bytes or more and begins with a byte from 0 to {(byte)AnswerKind.Ended}.");
        var kind = (AnswerKind)data[0];
        return new Answer<TLeft, TRight>(
            kind,
            Serdes.Int64.Deserialize(data[1..ValueFrom]),
            kind is AnswerKind.Left or AnswerKind.LeftAlone ? leftSerde.Deserialize(data[ValueFrom..]) : default,
            kind is AnswerKind.Right ? rightSerde.Deserialize(data[ValueFrom..]) : default);
    }
}
