using System.Buffers;
using System.Buffers.Binary;

namespace UsageStreams.Streams.Internal.Joins.Foreign;

/// <summary>
/// What is known of a left key. Both sides are of one subscription, or the later side waits for the other: until then the former pair is shown.
/// </summary>
/// <param name="LeftNumber">Subscription of the left value.</param>
/// <param name="RightNumber">Subscription of the answer.</param>
/// <param name="Newest">The newest of both sides.</param>
/// <param name="Shown">What the joined table shows; null when the two never met.</param>
internal sealed record ForeignPair<TLeft, TRight>(long LeftNumber, long RightNumber, Pair<TLeft, TRight> Newest, Pair<TLeft, TRight>? Shown)
{
    private static readonly ForeignPair<TLeft, TRight> Nothing = new(0, 0, new Pair<TLeft, TRight>(HasLeft: false, default, HasRight: false, default), null);

    /// <summary>
    /// The pair after a message; null when nothing is known any more. The left table's messages come in order, and so do those of one subscription; the
    /// result does not depend on how they come among each other.
    /// </summary>
    public static ForeignPair<TLeft, TRight>? After(ForeignPair<TLeft, TRight>? pair, in Answer<TLeft, TRight> message) => message.Kind switch
    {
        AnswerKind.Left => (pair ?? Nothing).WithLeft(message.LeftValue!, message.Number),
        AnswerKind.LeftAlone => (pair ?? Nothing).WithLeftAlone(message.LeftValue!, message.Number),
        AnswerKind.LeftRemoved => pair?.WithoutLeft(),
        AnswerKind.Ended => pair is { Newest.HasLeft: false } && pair.RightNumber <= message.Number ? null : pair,
        _ => (pair ?? Nothing).WithAnswer(in message),
    };

    private ForeignPair<TLeft, TRight> WithLeft(TLeft left, long number) =>
        Show(number, RightNumber, Newest with { HasLeft = true, Left = left });

    private ForeignPair<TLeft, TRight> WithLeftAlone(TLeft left, long number)
    {
        var alone = new Pair<TLeft, TRight>(HasLeft: true, left, HasRight: false, default);
        return RightNumber > number ? new(number, RightNumber, Newest with { HasLeft = true, Left = left }, alone) : new(number, number, alone, alone);
    }

    /// <summary>An answer that came ahead of the left value that asked for it is kept.</summary>
    private ForeignPair<TLeft, TRight>? WithoutLeft() =>
        RightNumber > LeftNumber ? new(0, RightNumber, Newest with { HasLeft = false, Left = default }, null) : null;

    /// <summary>An answer of a subscription that was followed by another came too late.</summary>
    private ForeignPair<TLeft, TRight> WithAnswer(in Answer<TLeft, TRight> message)
    {
        if (message.Number < LeftNumber || message.Number < RightNumber)
            return this;
        bool hasRight = message.Kind is AnswerKind.Right;
        return Show(LeftNumber, message.Number, Newest with { HasRight = hasRight, Right = message.RightValue });
    }

    private ForeignPair<TLeft, TRight> Show(long leftNumber, long rightNumber, Pair<TLeft, TRight> newest) =>
        new(leftNumber, rightNumber, newest, leftNumber == rightNumber && newest.HasLeft ? newest : Shown);
}

/// <summary>Both numbers, the length of what is shown (4 bytes, big-endian, -1 when it is the newest, 0 for nothing), what is shown, the newest.</summary>
internal sealed class ForeignPairSerde<TLeft, TRight>(ISerde<TLeft> leftSerde, ISerde<TRight> rightSerde) : ISerde<ForeignPair<TLeft, TRight>>
{
    private const int Numbers = 2 * sizeof(long);
    private const int Head = Numbers + sizeof(int);
    private readonly PairSerde<TLeft, TRight> _pairs = new(leftSerde, rightSerde);
    private readonly ArrayBufferWriter<byte> _shown = new();

    public void Serialize(ForeignPair<TLeft, TRight> value, IBufferWriter<byte> output)
    {
        Serdes.Int64.Serialize(value.LeftNumber, output);
        Serdes.Int64.Serialize(value.RightNumber, output);
        // A serde may be shared by the threads of an application; this buffer may not.
        lock (_shown)
        {
            _shown.ResetWrittenCount();
            bool same = ReferenceEquals(value.Shown, value.Newest);
            if (!same && value.Shown is not null)
                _pairs.Serialize(value.Shown, _shown);
            BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(sizeof(int)), same ? -1 : _shown.WrittenCount);
            output.Advance(sizeof(int));
            output.Write(_shown.WrittenSpan);
        }

        _pairs.Serialize(value.Newest, output);
    }

    public ForeignPair<TLeft, TRight> Deserialize(ReadOnlySpan<byte> data)
    {
        int length = data.Length < Head ? int.MaxValue : BinaryPrimitives.ReadInt32BigEndian(data[Numbers..]);
        if (length < -1 || length > data.Length - Head)
            throw new UndecodableException($"A join by foreign key of {data.Length} bytes has no room for a former pair of {length}.");
        int from = Head + Math.Max(0, length);
        Pair<TLeft, TRight> newest = _pairs.Deserialize(data[from..]);
        Pair<TLeft, TRight>? shown = length switch
        {
            -1 => newest,
            0 => null,
            _ => _pairs.Deserialize(data[Head..from]),
        };
        return new ForeignPair<TLeft, TRight>(
            Serdes.Int64.Deserialize(data[..sizeof(long)]), Serdes.Int64.Deserialize(data[sizeof(long)..Numbers]), newest, shown);
    }
}
