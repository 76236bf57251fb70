using System.Text;

namespace UsageStreams.Avro.Tests;

/// <summary>Data files of Avro's C library, some of them damaged on purpose (issues 1237, 1238, 1279 of the project).</summary>
public sealed class ContainerVectorTests
{
    [Theory]
    [InlineData("avro-1237-good.avro")]
    [InlineData("avro-1238-good.avro")]
    [InlineData("avro-1279-codec.avro")]
    [InlineData("avro-1279-no-codec.avro")]
    public void Good_files_are_read_to_their_end(string file) => CountValues(file).ShouldBeGreaterThan(0);

    [Theory]
    [InlineData("avro-1237-bad-union-discriminant.avro", "branches of the union")]
    [InlineData("avro-1238-truncated.avro", "bytes")]
    public void Damaged_files_are_data_errors(string file, string why) =>
        Should.Throw<AvroDataException>(() => CountValues(file)).Message.ShouldContain(why);

    private static long CountValues(string file)
    {
        var reader = new AvroReader(File.ReadAllBytes(VectorFiles.PathOf("containers", file)));
        reader.ReadFixed(4).SequenceEqual("Obj\u0001"u8).ShouldBeTrue();
        var meta = AvroCollections.ReadMap(ref reader, 1, static (ref value) => value.ReadBytes());
        var schema = AvroSchema.Parse(Encoding.UTF8.GetString(meta["avro.schema"]));
        var sync = reader.ReadFixed(16);
        var total = 0L;
        while (reader.Remaining > 0)
        {
            var count = reader.ReadLong();
            var block = new AvroReader(reader.ReadBytesSpan());
            for (var i = 0L; i < count; i++)
                SchemaSkipper.Skip(schema, ref block);
            block.Remaining.ShouldBe(0);
            reader.ReadFixed(16).SequenceEqual(sync).ShouldBeTrue();
            total += count;
        }

        return total;
    }
}
