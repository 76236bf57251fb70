using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace UsageStreams.Avro.Tests;

public sealed class DecimalTests
{
    [Theory]
    [InlineData("0", 28, 9, "0200")]
    [InlineData("0.000000001", 28, 9, "0201")]
    [InlineData("-0.000000001", 28, 9, "02ff")]
    [InlineData("0.000000128", 28, 9, "040080")]
    [InlineData("-0.000000128", 28, 9, "0280")]
    [InlineData("1", 28, 9, "083b9aca00")]
    [InlineData("-1", 28, 9, "08c4653600")]
    [InlineData("1.50", 4, 2, "040096")]
    public void Decimals_are_the_shortest_unscaled_integer(string text, int precision, int scale, string hex)
    {
        var value = decimal.Parse(text, CultureInfo.InvariantCulture);
        Codec.WriteHex((ref writer) => writer.WriteDecimal(value, precision, scale)).ShouldBe(hex);
        Codec.ReadHex(hex, (ref reader) => reader.ReadDecimal(precision, scale)).ShouldBe(value);
    }

    [Fact]
    public void The_bytes_are_those_of_a_big_integer()
    {
        Prop.ForAll((decimal value) =>
        {
            var rounded = Math.Round(value / 1_000_000_000_000m, 9);
            var unscaled = new BigInteger(rounded) * BigInteger.Pow(10, 9) + new BigInteger((rounded - decimal.Truncate(rounded)) * 1_000_000_000m);
            var expected = unscaled.ToByteArray(isUnsigned: false, isBigEndian: true);
            var data = Codec.Write((ref writer) => writer.WriteDecimal(rounded, 28, 9));
            return data.AsSpan(1).SequenceEqual(expected) && Codec.Read(data, static (ref reader) => reader.ReadDecimal(28, 9)) == rounded;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(29, 0)]
    [InlineData(38, 0)]
    [InlineData(38, 9)]
    [InlineData(28, 28)]
    public void The_largest_values_of_both_sides_fit(int precision, int scale)
    {
        var largest = scale == 0 ? decimal.MaxValue : new decimal(-1, -1, 0x204FCE5D, false, (byte)scale);
        foreach (var value in (decimal[])[largest, -largest])
        {
            if (precision == 28)
                continue;
            var data = Codec.Write((ref writer) => writer.WriteDecimal(value, precision, scale));
            Codec.Read(data, (ref reader) => reader.ReadDecimal(precision, scale)).ShouldBe(value);
        }

        var digits = decimal.Parse("0." + new string('9', 28), CultureInfo.InvariantCulture);
        if (precision == 28)
            Codec.Read(Codec.Write((ref w) => w.WriteDecimal(-digits, 28, 28)), static (ref r) => r.ReadDecimal(28, 28)).ShouldBe(-digits);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(ulong.MaxValue)]
    public void Values_around_eight_bytes_keep_every_digit(object edge)
    {
        var value = Convert.ToDecimal(edge, CultureInfo.InvariantCulture);
        foreach (var near in (decimal[])[value - 1, value, value + 1])
            Codec.Read(Codec.Write((ref w) => w.WriteDecimal(near, 28, 0)), static (ref r) => r.ReadDecimal(28, 0)).ShouldBe(near);
    }

    [Theory]
    [InlineData("0.0000000001", 28, 9)]
    [InlineData("100", 4, 2)]
    [InlineData("-100", 4, 2)]
    [InlineData("99.995", 4, 2)]
    [InlineData("79228162514264337593543950335", 28, 9)]
    public void What_does_not_fit_is_refused_and_never_rounded(string text, int precision, int scale)
    {
        var value = decimal.Parse(text, CultureInfo.InvariantCulture);
        Should.Throw<AvroDataException>(() => Codec.Write((ref writer) => writer.WriteDecimal(value, precision, scale))).Message.ShouldContain(text);
    }

    [Fact]
    public void Trailing_zeros_beyond_the_scale_are_no_digits() =>
        Codec.WriteHex(static (ref writer) => writer.WriteDecimal(1.5000000000000m, 4, 2)).ShouldBe("040096");

    [Theory]
    [InlineData("00", 28, 9)]
    [InlineData("040064", 1, 0)]
    [InlineData("220100000000000000000000000000000000", 40, 0)]
    [InlineData("2200ffffffffffffffffffffffffffffffff", 40, 0)]
    [InlineData("1a01000000000000000000000001", 40, 0)]
    public void Bytes_that_are_no_such_decimal_are_refused(string hex, int precision, int scale) =>
        Should.Throw<AvroDataException>(() => Codec.ReadHex(hex, (ref reader) => reader.ReadDecimal(precision, scale)));

    [Fact]
    public void Longer_forms_than_the_shortest_are_read()
    {
        Codec.ReadHex("28" + new string('0', 38) + "05", static (ref reader) => reader.ReadDecimal(28, 1)).ShouldBe(0.5m);
        Codec.ReadHex("28" + new string('f', 38) + "fb", static (ref reader) => reader.ReadDecimal(28, 1)).ShouldBe(-0.5m);
        Codec.ReadHex("0a0000000005", static (ref reader) => reader.ReadDecimal(28, 1)).ShouldBe(0.5m);
    }

    [Fact]
    public void A_scale_beyond_28_is_read_where_the_digits_allow_it()
    {
        var ten = Codec.Write(static (ref writer) => writer.WriteBytes([10]));
        Codec.Read(ten, static (ref reader) => reader.ReadDecimal(38, 29)).ShouldBe(0.0000000000000000000000000001m);
        var one = Codec.Write(static (ref writer) => writer.WriteBytes([1]));
        Should.Throw<AvroDataException>(() => Codec.Read(one, static (ref reader) => reader.ReadDecimal(38, 29)));
    }

    [Fact]
    public void Fixed_decimals_are_extended_by_their_sign()
    {
        Codec.WriteHex(static (ref writer) => writer.WriteFixedDecimal(-1.5m, 4, 8, 2)).ShouldBe("ffffff6a");
        Codec.ReadHex("ffffff6a", static (ref reader) => reader.ReadFixedDecimal(4, 8, 2)).ShouldBe(-1.5m);
        Should.Throw<AvroDataException>(() => Codec.Write(static (ref writer) => writer.WriteFixedDecimal(300m, 1, 8, 0)));
    }

    [Fact]
    public void Decimals_allocate_nothing()
    {
        byte[] data = Codec.Write(static (ref writer) => writer.WriteDecimal(123456789.123456789m, 28, 9));
        var sum = Sum(data, 100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        sum += Sum(data, 10_000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        sum.ShouldBe(123456789.123456789m * 10_100);
    }

    private static decimal Sum(byte[] data, int times)
    {
        var sum = 0m;
        for (var i = 0; i < times; i++)
        {
            var reader = new AvroReader(data);
            sum += reader.ReadDecimal(28, 9);
        }

        return sum;
    }
}
