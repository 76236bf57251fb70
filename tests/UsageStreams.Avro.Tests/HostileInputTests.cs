namespace UsageStreams.Avro.Tests;

public sealed class HostileInputTests
{
    [Theory]
    [InlineData("ffffffffffffffffffff01")]
    [InlineData("ffffffffffffffffff02")]
    [InlineData("ffff")]
    [InlineData("")]
    public void Integers_that_do_not_end_in_time_are_refused(string hex) =>
        Should.Throw<AvroDataException>(() => Codec.ReadHex(hex, static (ref reader) => reader.ReadLong()));

    [Theory]
    [InlineData("8080808010")]
    [InlineData("808080808000")]
    public void Integers_wider_than_an_int_are_refused(string hex) =>
        Should.Throw<AvroDataException>(() => Codec.ReadHex(hex, static (ref reader) => reader.ReadInt()));

    [Theory]
    [InlineData("01")]
    [InlineData("04aa")]
    [InlineData("feffffffffffffffff01")]
    public void Lengths_beyond_what_is_left_are_refused(string hex)
    {
        Should.Throw<AvroDataException>(() => Codec.ReadHex(hex, static (ref reader) => reader.ReadBytes()));
        Should.Throw<AvroDataException>(() => Codec.ReadHex(hex, static (ref reader) => reader.ReadString()));
    }

    [Fact]
    public void Indexes_and_booleans_out_of_range_are_refused()
    {
        Should.Throw<AvroDataException>(() => Codec.ReadHex("04", static (ref reader) => reader.ReadUnion(2))).Message.ShouldContain("2 branches");
        Should.Throw<AvroDataException>(() => Codec.ReadHex("01", static (ref reader) => reader.ReadEnum(2)));
        Should.Throw<AvroDataException>(() => Codec.ReadHex("02", static (ref reader) => reader.ReadBoolean()));
        Should.Throw<AvroDataException>(() => Codec.Write(static (ref writer) => writer.WriteEnum(2, 2)));
        Should.Throw<AvroDataException>(() => Codec.Write(static (ref writer) => writer.WriteFixed([1], 2)));
    }

    [Fact]
    public void A_few_bytes_cannot_ask_for_millions_of_items()
    {
        var claim = Codec.Write(static (ref writer) => writer.WriteLong(10_000_000));
        long before = GC.GetAllocatedBytesForCurrentThread();

        Should.Throw<AvroDataException>(() => Codec.Read(claim, static (ref reader) =>
            AvroCollections.ReadArray(ref reader, 1, static (ref item) => item.ReadLong()))).Message.ShouldContain("10000000 items");
        Should.Throw<AvroDataException>(() => Codec.Read(claim, static (ref reader) =>
            AvroCollections.ReadMap(ref reader, 1, static (ref item) => item.ReadLong())));

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000_000);
    }

    [Theory]
    [InlineData(10_000_000L)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Items_without_bytes_are_counted_against_a_limit(long count)
    {
        var nulls = AvroSchema.Parse("""{"type":"array","items":"null"}""");
        var data = Codec.Write((ref writer) =>
        {
            writer.WriteLong(count);
            writer.WriteLong(0);
            writer.WriteLong(0);
        });

        Should.Throw<AvroDataException>(() => Skip(nulls, data)).Message.ShouldContain($"{AvroReader.MaxEmptyItems}");
    }

    [Fact]
    public void The_limit_on_items_without_bytes_holds_for_all_blocks_together()
    {
        var nested = AvroSchema.Parse("""{"type":"array","items":{"type":"array","items":"null"}}""");
        var data = Codec.Write(static (ref writer) =>
        {
            writer.WriteLong(3);
            for (var i = 0; i < 3; i++)
            {
                writer.WriteLong(400_000);
                writer.WriteLong(0);
            }

            writer.WriteLong(0);
        });

        Should.Throw<AvroDataException>(() => Skip(nested, data));
    }

    [Fact]
    public void Every_cut_of_a_message_is_an_error_and_never_a_crash()
    {
        foreach (var line in VectorFiles.Lines("resolution.jsonl.gz").Take(200))
        {
            var schema = AvroSchema.Parse(line.GetProperty("writer").GetRawText());
            var data = Convert.FromHexString(line.GetProperty("values")[0].GetProperty("bytes").GetString()!);
            for (var length = 0; length < data.Length; length++)
                Should.Throw<AvroDataException>(() => Skip(schema, data[..length]));
        }
    }

    [Fact]
    public void Damaged_messages_are_read_or_refused_and_nothing_else()
    {
        var random = new Random(7);
        foreach (var line in VectorFiles.Lines("resolution.jsonl.gz").Take(500))
        {
            var writer = AvroSchema.Parse(line.GetProperty("writer").GetRawText());
            var resolution = SchemaResolution.Create(writer, AvroSchema.Parse(line.GetProperty("reader").GetRawText()));
            var data = Convert.FromHexString(line.GetProperty("values")[0].GetProperty("bytes").GetString()!);
            for (var i = 0; i < 20 && data.Length > 0; i++)
            {
                data[random.Next(data.Length)] = (byte)random.Next(256);
                Codec.Write((ref to) => Resolve(resolution, data, ref to)).ShouldNotBeNull();
            }
        }
    }

    private static void Resolve(SchemaResolution resolution, byte[] data, ref AvroWriter to)
    {
        var from = new AvroReader(data);
        try
        {
            resolution.Transcode(ref from, ref to);
            from.Position.ShouldBeLessThanOrEqualTo(data.Length);
        }
        catch (AvroDataException error)
        {
            error.Reason.ShouldNotBeEmpty();
        }
    }

    private static void Skip(AvroSchema schema, byte[] data)
    {
        var reader = new AvroReader(data);
        SchemaSkipper.Skip(schema, ref reader);
    }
}
