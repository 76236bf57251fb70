using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace UsageStreams.Streams.Tests;

public sealed class SerdeTests
{
    [Theory]
    [InlineData("", 0x106e08d9u)]
    [InlineData("kafka", 0xd067cf64u)]
    [InlineData("foo", 0x23a256d0u)]
    public void Murmur2_is_that_of_the_java_client(string key, uint hash) =>
        Partitioners.Murmur2Hash(Encoding.UTF8.GetBytes(key)).ShouldBe(hash);

    [Fact]
    public void Murmur2_of_text_is_that_of_its_bytes() => Prop.ForAll<NonNull<string>, PositiveInt>(static (text, partitions) =>
        Partitioners.Murmur2(text.Get, partitions.Get) == Partitioners.Murmur2(Encoding.UTF8.GetBytes(text.Get), partitions.Get)).QuickCheckThrowOnFailure();

    [Fact]
    public void Murmur2_of_foo_over_ten_partitions_is_six() => Partitioners.Murmur2("foo", 10).ShouldBe(6);

    [Fact]
    public void Numbers_round_trip_and_sort_as_their_bytes_do() => Prop.ForAll<long, long>(static (a, b) =>
    {
        byte[] left = Bytes(Serdes.Int64, a);
        byte[] right = Bytes(Serdes.Int64, b);
        return Serdes.Int64.Deserialize(left) == a && Math.Sign(left.AsSpan().SequenceCompareTo(right)) == a.CompareTo(b);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Text_that_is_no_utf8_is_undecodable() => Should.Throw<UndecodableException>(() => Serdes.Utf8.Deserialize([0xc3, 0x28]));

    [Fact]
    public void A_number_of_another_length_is_undecodable() => Should.Throw<UndecodableException>(() => Serdes.Int64.Deserialize([1, 2, 3])).Message.ShouldContain("3");

    private static byte[] Bytes<T>(ISerde<T> serde, T value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        serde.Serialize(value, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
