using System.Buffers;

namespace UsageStreams.Streams.Internal.Joins.Foreign;

internal enum SubscriptionKind : byte
{
    Begin,
    End,
    Value,
    NoValue,
}

/// <summary>What the task of a foreign key is told: who points to it since when, and what value it has.</summary>
internal readonly record struct Subscription<TKey, TRight>(SubscriptionKind Kind, TKey? Key, long Number, TRight? Right)
{
    public static Subscription<TKey, TRight> NoValue => new(SubscriptionKind.NoValue, default, 0, default);

    public static Subscription<TKey, TRight> Value(TRight value) => new(SubscriptionKind.Value, default, 0, value);

    public static Subscription<TKey, TRight> Begin(TKey key, long number) => new(SubscriptionKind.Begin, key, number, default);

    public static Subscription<TKey, TRight> End(TKey key, long number) => new(SubscriptionKind.End, key, number, default);
}

/// <summary>One byte for the kind; then the number and the subscriber's key, or the value, or nothing.</summary>
internal sealed class SubscriptionSerde<TKey, TRight>(ISerde<TKey> keySerde, ISerde<TRight> rightSerde) : ISerde<Subscription<TKey, TRight>>
{
    private const int KeyFrom = 1 + sizeof(long);

    public void Serialize(Subscription<TKey, TRight> value, IBufferWriter<byte> output)
    {
        output.GetSpan(1)[0] = (byte)value.Kind;
        output.Advance(1);
        if (value.Kind is SubscriptionKind.Begin or SubscriptionKind.End)
        {
            Serdes.Int64.Serialize(value.Number, output);
            keySerde.Serialize(value.Key!, output);
        }
        else if (value.Kind is SubscriptionKind.Value)
        {
            rightSerde.Serialize(value.Right!, output);
        }
    }

    public Subscription<TKey, TRight> Deserialize(ReadOnlySpan<byte> data)
    {
        SubscriptionKind kind = data.IsEmpty ? (SubscriptionKind)byte.MaxValue : (SubscriptionKind)data[0];
        return kind switch
        {
            SubscriptionKind.Begin or SubscriptionKind.End when data.Length >= KeyFrom =>
                new(kind, keySerde.Deserialize(data[KeyFrom..]), Serdes.Int64.Deserialize(data[1..KeyFrom]), default),
            SubscriptionKind.Value => Subscription<TKey, TRight>.Value(rightSerde.Deserialize(data[1..])),
            SubscriptionKind.NoValue => Subscription<TKey, TRight>.NoValue,
            _ => throw new UndecodableException($"The {data.Length} bytes are no subscription to a foreign key: it begins with a byte from 0 to 3, and has {KeyFrom} bytes or more for 0 and 1."),
        };
    }
}
