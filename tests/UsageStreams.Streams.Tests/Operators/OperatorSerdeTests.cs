using System.Buffers;
using UsageStreams.Streams.Internal.Joins;
using UsageStreams.Streams.Internal.Joins.Foreign;
using UsageStreams.Streams.Internal.Tables;

namespace UsageStreams.Streams.Tests.Operators;

/// <summary>What operators write to their own topics.</summary>
public sealed class OperatorSerdeTests
{
    [Fact]
    public void What_was_written_is_read_back_and_other_bytes_are_called_undecodable() => Sequences.Try(300, static random =>
    {
        string Text() => new([.. Enumerable.Range(0, random.Next(5)).Select(_ => (char)random.Next('a', 'é'))]);
        Pair<string, string> Pair() => new(random.Next(2) == 0, null, random.Next(2) == 0, null);
        Pair<string, string> Filled(Pair<string, string> pair) => pair with { Left = pair.HasLeft ? Text() : null, Right = pair.HasRight ? Text() : null };
        Check(random, new ChangeSerde<string>(Serdes.Utf8), random.Next(4) switch
        {
            0 => new Change<string>(HadOld: true, Text(), HasNew: true, Text()),
            1 => new Change<string>(HadOld: false, null, HasNew: true, Text()),
            2 => new Change<string>(HadOld: true, Text(), HasNew: false, null),
            _ => new Change<string>(HadOld: true, null, HasNew: true, Text()) { IsOldUnknown = true },
        });
        Check(random, new HeldChangeSerde<string>(Serdes.Utf8), new HeldChange<string>(random.NextInt64(), random.NextInt64(), new Change<string>(HadOld: true, Text(), HasNew: true, Text())));
        Check(random, new SubscriptionSerde<string, string>(Serdes.Utf8, Serdes.Utf8), random.Next(4) switch
        {
            0 => Subscription<string, string>.Begin(Text(), random.NextInt64()),
            1 => Subscription<string, string>.End(Text(), random.NextInt64()),
            2 => Subscription<string, string>.Value(Text()),
            _ => Subscription<string, string>.NoValue,
        });
        Check(random, new AnswerSerde<string, string>(Serdes.Utf8, Serdes.Utf8), random.Next(6) switch
        {
            0 => Answer<string, string>.Left(Text(), random.NextInt64()),
            1 => Answer<string, string>.LeftAlone(Text(), random.NextInt64()),
            2 => Answer<string, string>.LeftRemoved,
            3 => Answer<string, string>.Right(Text(), random.NextInt64()),
            4 => Answer<string, string>.NoRight(random.NextInt64()),
            _ => Answer<string, string>.Ended(random.NextInt64()),
        });
        Check(random, new SubscribedSerde<string>(Serdes.Utf8), new Subscribed<string>(random.NextInt64(), Text()));
        Check(random, new SubscriberSerde<string, string>(Serdes.Utf8, Serdes.Utf8), new Subscriber<string, string>(Text(), Text()));
        Pair<string, string> newest = Filled(Pair());
        Check(random, new ForeignPairSerde<string, string>(Serdes.Utf8, Serdes.Utf8), new ForeignPair<string, string>(
            random.NextInt64(), random.NextInt64(), newest, random.Next(3) switch { 0 => null, 1 => newest, _ => Filled(Pair()) }));
    });

    private static void Check<T>(Random random, ISerde<T> serde, T value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        serde.Serialize(value, buffer);
        byte[] bytes = buffer.WrittenSpan.ToArray();
        serde.Deserialize(bytes).ShouldBe(value);
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        try
        {
            serde.Deserialize(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
        }
        catch (UndecodableException)
        {
            // The only thing that a serde may say of bytes that are none of its own; anything else fails the test.
        }
    }
}
