using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace UsageStreams.Avro.Tests;

public sealed class AvroReaderWriterTests
{
    [Theory]
    [InlineData(0L, "00")]
    [InlineData(-1L, "01")]
    [InlineData(1L, "02")]
    [InlineData(-64L, "7f")]
    [InlineData(64L, "8001")]
    [InlineData(int.MaxValue, "feffffff0f")]
    [InlineData(int.MinValue, "ffffffff0f")]
    [InlineData(long.MaxValue, "feffffffffffffffff01")]
    [InlineData(long.MinValue, "ffffffffffffffffff01")]
    public void Integers_are_zig_zag_in_groups_of_seven_bits(long value, string hex)
    {
        Codec.WriteHex((ref writer) => writer.WriteLong(value)).ShouldBe(hex);
        Codec.ReadHex(hex, static (ref reader) => reader.ReadLong()).ShouldBe(value);
    }

    [Fact]
    public void Values_read_as_they_were_written()
    {
        Prop.ForAll((long value) => Codec.Read(Codec.Write((ref w) => w.WriteLong(value)), static (ref r) => r.ReadLong()) == value)
            .QuickCheckThrowOnFailure();
        Prop.ForAll((int value) => Codec.Read(Codec.Write((ref w) => w.WriteInt(value)), static (ref r) => r.ReadInt()) == value)
            .QuickCheckThrowOnFailure();
        Prop.ForAll((double value) => Codec.Read(Codec.Write((ref w) => w.WriteDouble(value)), static (ref r) => r.ReadDouble()).Equals(value))
            .QuickCheckThrowOnFailure();
        Prop.ForAll((float value) => Codec.Read(Codec.Write((ref w) => w.WriteFloat(value)), static (ref r) => r.ReadFloat()).Equals(value))
            .QuickCheckThrowOnFailure();
        Prop.ForAll((byte[] value) => Codec.Read(Codec.Write((ref w) => w.WriteBytes(value)), static (ref r) => r.ReadBytes()).SequenceEqual(value))
            .QuickCheckThrowOnFailure();
        Prop.ForAll((Guid value) => Codec.Read(Codec.Write((ref w) => w.WriteUuid(value)), static (ref r) => r.ReadUuid()) == value)
            .QuickCheckThrowOnFailure();
        Prop.ForAll((bool value) => Codec.Read(Codec.Write((ref w) => w.WriteBoolean(value)), static (ref r) => r.ReadBoolean()) == value)
            .QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("", "00")]
    [InlineData("a", "0261")]
    [InlineData("Zürich", "0e5ac3bc72696368")]
    [InlineData("😀", "08f09f9880")]
    public void Strings_are_their_length_and_utf8(string value, string hex)
    {
        Codec.WriteHex((ref writer) => writer.WriteString(value)).ShouldBe(hex);
        Codec.ReadHex(hex, static (ref reader) => reader.ReadString()).ShouldBe(value);
    }

    [Fact]
    public void Strings_of_every_length_read_as_they_were_written()
    {
        for (var length = 0; length < 300; length++)
        {
            foreach (var unit in (string[])["x", "ü", "€", "😀"])
            {
                var value = string.Concat(Enumerable.Repeat(unit, length));
                Codec.Read(Codec.Write((ref w) => w.WriteString(value)), static (ref r) => r.ReadString()).ShouldBe(value);
            }
        }
    }

    [Fact]
    public void Text_that_is_no_unicode_is_refused_both_ways()
    {
        Should.Throw<AvroDataException>(() => Codec.Write(static (ref writer) => writer.WriteString("\ud800")));
        Should.Throw<AvroDataException>(() => Codec.Write(static (ref writer) => writer.WriteString(new string('x', 100) + "\ud800")));
        Should.Throw<AvroDataException>(() => Codec.ReadHex("02ff", static (ref reader) => reader.ReadString())).Position.ShouldBe(0);
    }

    [Fact]
    public void Writers_go_on_when_the_memory_at_hand_is_full()
    {
        var text = new string('x', 10_000);
        var data = Codec.Write((ref writer) =>
        {
            for (var i = 0; i < 1000; i++)
            {
                writer.WriteLong(long.MinValue);
                writer.WriteString(text);
            }
        });
        var reader = new AvroReader(data);
        for (var i = 0; i < 1000; i++)
        {
            reader.ReadLong().ShouldBe(long.MinValue);
            reader.ReadString().ShouldBe(text);
        }

        reader.Remaining.ShouldBe(0);
    }

    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0L)]
    [InlineData("0001-01-01T00:00:00Z", -62135596800000L)]
    [InlineData("9999-12-31T23:59:59.999Z", 253402300799999L)]
    [InlineData("2026-03-29T03:30:00.123+02:00", 1774747800123L)]
    public void Timestamps_are_milliseconds_since_the_epoch(string text, long millis)
    {
        var value = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
        var data = Codec.Write((ref writer) => writer.WriteTimestampMillis(value));
        Codec.Read(data, static (ref reader) => reader.ReadLong()).ShouldBe(millis);
        var read = Codec.Read(data, static (ref reader) => reader.ReadTimestampMillis());
        read.ShouldBe(value);
        read.Offset.ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(-62135596800001L)]
    [InlineData(253402300800000L)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Timestamps_beyond_the_calendar_are_refused(long millis) => Should.Throw<AvroDataException>(
        () => Codec.Read(Codec.Write((ref writer) => writer.WriteLong(millis)), static (ref reader) => reader.ReadTimestampMillis()));

    [Fact]
    public void Dates_and_microseconds_keep_what_they_say()
    {
        foreach (var date in (DateOnly[])[DateOnly.MinValue, new(1969, 12, 31), new(2024, 2, 29), DateOnly.MaxValue])
            Codec.Read(Codec.Write((ref w) => w.WriteDate(date)), static (ref r) => r.ReadDate()).ShouldBe(date);
        var time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMicroseconds(678_901);
        Codec.Read(Codec.Write((ref w) => w.WriteTimestampMicros(time)), static (ref r) => r.ReadTimestampMicros()).ShouldBe(time);
        Should.Throw<AvroDataException>(() => Codec.Read(Codec.Write(static (ref w) => w.WriteInt(int.MaxValue)), static (ref r) => r.ReadDate()));
    }
}
