using System.Buffers;

namespace UsageStreams.Avro.Tests;

public sealed class SchemaResolutionTests
{
    private const string Decimal2 = """{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}""";
    private const string Decimal4 = """{"type":"bytes","logicalType":"decimal","precision":10,"scale":4}""";

    [Fact]
    public void A_decimal_of_another_scale_stays_the_same_number() =>
        Resolve(Decimal2, Decimal4, static (ref writer) => writer.WriteDecimal(1.25m, 10, 2))
            .ShouldBe(Bytes(static (ref writer) => writer.WriteDecimal(1.25m, 10, 4)));

    [Fact]
    public void A_decimal_that_would_be_rounded_is_refused() =>
        Should.Throw<AvroDataException>(() => Resolve(Decimal4, Decimal2, static (ref writer) => writer.WriteDecimal(1.2501m, 10, 4)))
            .Message.ShouldContain("rounded");

    [Fact]
    public void Microseconds_are_not_read_as_milliseconds() =>
        Should.Throw<AvroDataException>(() => Resolve(
            """{"type":"long","logicalType":"timestamp-micros"}""",
            """{"type":"long","logicalType":"timestamp-millis"}""",
            static (ref writer) => writer.WriteLong(1)));

    [Fact]
    public void A_field_that_the_writer_lacks_takes_its_default_whatever_its_type() =>
        Resolve(
            """{"type":"record","name":"R","fields":[]}""",
            """
            {"type":"record","name":"R","fields":[
              {"name":"a","type":{"type":"map","values":"int"},"default":{"k":3}},
              {"name":"b","type":{"type":"record","name":"In","fields":[{"name":"x","type":"int","default":7},{"name":"y","type":"string"}]},"default":{"y":"z"}},
              {"name":"c","type":["null","string"],"default":"late"},
              {"name":"d","type":{"type":"fixed","name":"F","size":2},"default":"\u00ff\u0001"},
              {"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]},"default":"B"},
              {"name":"f","type":{"type":"array","items":"double"},"default":[]}]}
            """,
            static (ref writer) => { })
        .ShouldBe("02026b0600" + "0e027a" + "02086c617465" + "ff01" + "02" + "00");

    [Fact]
    public void A_default_that_is_no_value_of_its_field_is_an_error_when_it_is_needed()
    {
        const string reader = """{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"one"}]}""";
        Resolve(reader, reader, static (ref writer) => writer.WriteInt(1)).ShouldBe("02");
        Should.Throw<AvroDataException>(() => Resolve("""{"type":"record","name":"R","fields":[]}""", reader, static (ref writer) => { }))
            .Message.ShouldContain("'a'");
    }

    [Fact]
    public void Recursive_records_are_resolved_at_every_level()
    {
        const string list = """{"type":"record","name":"List","fields":[{"name":"v","type":"TYPE"},{"name":"next","type":["null","List"]}]}""";
        var resolved = Resolve(
            list.Replace("TYPE", "int", StringComparison.Ordinal),
            list.Replace("TYPE", "double", StringComparison.Ordinal),
            static (ref writer) => writer.WriteRaw([2, 2, 4, 0]));

        resolved.ShouldBe("000000000000f03f" + "02" + "0000000000000040" + "00");
    }

    [Fact]
    public void A_list_deeper_than_the_limit_is_an_error_and_not_a_crash()
    {
        const string list = """{"type":"record","name":"List","fields":[{"name":"next","type":["null","List"]}]}""";
        var deep = Enumerable.Repeat((byte)2, 1_000_000).ToArray();
        Should.Throw<AvroDataException>(() => Resolve(list, list, (ref writer) => writer.WriteRaw(deep))).Message.ShouldContain("nested");
    }

    [Fact]
    public void Fields_change_places_and_two_may_come_from_one() =>
        Resolve(
            """{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"string"},{"name":"c","type":"int"}]}""",
            """{"type":"record","name":"R","fields":[{"name":"b","type":"bytes"},{"name":"x","type":"long","aliases":["a"]},{"name":"a","type":"int"}]}""",
            static (ref writer) => writer.WriteRaw([2, 2, (byte)'s', 6]))
        .ShouldBe("027302" + "02");

    [Fact]
    public void Two_fields_of_the_writer_for_one_of_the_reader_are_an_error() =>
        Should.Throw<AvroDataException>(() => Resolve(
            """{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"}]}""",
            """{"type":"record","name":"R","fields":[{"name":"a","type":"int","aliases":["b"]}]}""",
            static (ref writer) => writer.WriteRaw([2, 4])));

    [Fact]
    public void Blocks_of_any_kind_come_out_as_readable_blocks()
    {
        // Two blocks, the first with its size in bytes.
        var resolved = Resolve(
            """{"type":"array","items":"int"}""", """{"type":"array","items":"double"}""",
            static (ref writer) => writer.WriteRaw([3, 4, 2, 4, 2, 6, 0]));
        var reader = new AvroReader(Convert.FromHexString(resolved));
        AvroCollections.ReadArray(ref reader, 8, static (ref item) => item.ReadDouble()).ShouldBe([1, 2, 3]);
    }

    [Theory]
    [InlineData("\"int\"", "\"long\"", true)]
    [InlineData("\"int\"", "\"double\"", false)]
    [InlineData("""["null","int"]""", """["null","int"]""", true)]
    [InlineData("""["null","int"]""", """["int","null"]""", false)]
    public void Only_equal_binary_forms_are_the_identity(string writer, string reader, bool expected) =>
        SchemaResolution.Create(AvroSchema.Parse(writer), AvroSchema.Parse(reader)).IsIdentity.ShouldBe(expected);

    private delegate void Write(ref AvroWriter writer);

    private static string Resolve(string writer, string reader, Write write)
    {
        var from = new AvroReader(Convert.FromHexString(Bytes(write)));
        var buffer = new ArrayBufferWriter<byte>();
        var to = new AvroWriter(buffer);
        SchemaResolution.Create(AvroSchema.Parse(writer), AvroSchema.Parse(reader)).Transcode(ref from, ref to);
        to.Flush();
        return Convert.ToHexStringLower(buffer.WrittenSpan);
    }

    private static string Bytes(Write write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var to = new AvroWriter(buffer);
        write(ref to);
        to.Flush();
        return Convert.ToHexStringLower(buffer.WrittenSpan);
    }
}
