using System.Buffers;
using UsageStreams.Avro.Tests.Generated;

namespace UsageStreams.Avro.Tests;

public sealed class GeneratedTypesTests
{
    [Fact]
    public void A_record_of_every_kind_reads_as_it_was_written()
    {
        var value = Samples.EveryKind();

        var read = RoundTrip(value);

        Write(read).ShouldBe(Write(value));
        (read.Read, read.Write, read.Schema, read.Text).ShouldBe((value.Read, value.Write, value.Schema, value.Text));
        (read.Amount, read.WideAmount, read.OptionalAmount).ShouldBe((value.Amount, value.WideAmount, value.OptionalAmount));
        (read.At, read.ExactlyAt, read.Day, read.Uuid).ShouldBe((value.At, value.ExactlyAt, value.Day, value.Uuid));
        read.Key.ShouldBe(value.Key);
        read.OptionalWords.ShouldBe(["a", "", "c"]);
        read.Holes.ShouldBe([1, null, 3]);
        read.Grid.Select(static row => row.Count).ShouldBe([2, 0, 1]);
        read.Tree!.Branches[0].Leaf.Value.ShouldBe(4);
        read.Totals["a"]["b"].ShouldBe(Colour.DarkBlue);
        read.Body.ShouldBe(new Leaf { Value = 7 });
    }

    [Fact]
    public void Absent_values_are_null_and_defaults_those_of_the_schema()
    {
        var value = Samples.EveryKind() with { MayBeLast = null, OptionalAmount = null, OptionalWords = null, Body = null, Tree = null };
        var read = RoundTrip(value);
        (read.MayBeLast, read.OptionalAmount, read.OptionalWords, read.Body, read.Tree).ShouldBe((null, null, null, null, null));

        var plain = Samples.Plain();
        (plain.Ratio, plain.Share, plain.Text, plain.Colour).ShouldBe((0.5f, -1.25, "a \"quoted\" text", Colour.Green));
        plain.Holes.ShouldBeEmpty();
        plain.Totals.ShouldBeEmpty();
        Write(RoundTrip(plain)).ShouldBe(Write(plain));
    }

    [Fact]
    public void The_bytes_are_those_the_schema_says()
    {
        var bytes = Write(Samples.EveryKind());
        var reader = new AvroReader(bytes);
        SchemaSkipper.Skip(SchemaOf<EveryKind>(), ref reader);
        reader.Remaining.ShouldBe(0);
    }

    [Fact]
    public void The_schema_of_a_type_stands_alone()
    {
        var schema = SchemaOf<EveryKind>();
        schema.ToJson().ShouldContain("\"name\":\"Leaf\"");
        AvroSchema.Parse(schema.ToJson()).CanonicalForm.ShouldBe(schema.CanonicalForm);
    }

    [Fact]
    public void Recursive_records_have_a_limit_and_not_a_stack_overflow()
    {
        // Leaf 0, one branch, and so on without end.
        var data = new byte[3_000_000];
        for (var i = 1; i < data.Length; i += 2)
            data[i] = 2;
        Should.Throw<AvroDataException>(() => Codec.Read(data, static (ref reader) => Tree.Read(ref reader))).Message.ShouldContain("nested");
    }

    [Fact]
    public void A_body_of_a_foreign_type_is_refused_with_the_fields_name() =>
        Should.Throw<AvroDataException>(() => Write(Samples.Plain() with { Body = new Stranger() })).Field.ShouldBe("EveryKind.body");

    private static EveryKind RoundTrip(EveryKind value) => Codec.Read(Write(value), static (ref reader) => AvroRecord.Read<EveryKind>(ref reader));

    private static byte[] Write(EveryKind value) => Codec.Write((ref writer) => AvroRecord.Write(value, ref writer));

    private static AvroSchema SchemaOf<T>()
        where T : IAvroRecord<T> => T.Schema;

    private sealed record Stranger : IEveryKindBody;
}
