using System.Buffers;
using System.Text.Json;

namespace UsageStreams.Avro.Tests;

public sealed class SchemaResolutionVectorTests
{
    // Java reads the ints of an array as doubles by way of float, and loses digits that a double holds (specification: int is promotable to double).
    private static readonly Dictionary<string, string> RoundedByJava = new()
    {
        ["00000000cceec8c07402000000e06a27d6c100040200800c42020040ae420000"] =
            "00000000cceec8c074020000c0df6a27d6c100040200800c42020040ae420000",
        ["00aaa6c0960fc3dab7ac0a00040000000018eccac100000000008057c00002020261000000c0db4200"] =
            "00aaa6c0960fc3dab7ac0a00040000000418eccac100000000008057c00002020261000000c0db4200",
        ["02046b3000c0cdc20097c694f70b45000600000000000057c00000000000003dc000000020ed39d04100000040e1c200"] =
            "02046b3000c0cdc20097c694f70b45000600000000000057c00000000000003dc00000c018ed39d04100000040e1c200",
    };

    [Fact]
    public void Java_reads_the_same_from_eight_thousand_values_of_two_thousand_evolutions()
    {
        var (readable, refused) = (0, 0);
        foreach (var line in VectorFiles.Lines("resolution.jsonl.gz"))
        {
            var writer = AvroSchema.Parse(line.GetProperty("writer").GetRawText());
            var reader = AvroSchema.Parse(line.GetProperty("reader").GetRawText());
            var resolution = SchemaResolution.Create(writer, reader);
            foreach (var value in line.GetProperty("values").EnumerateArray())
            {
                var found = Resolve(resolution, value);
                found.ShouldBe(Expected(value), $"{value}\nwriter {writer}\nreader {reader}");
                _ = found is null ? refused++ : readable++;
            }
        }

        (readable, refused).ShouldBe((5238, 2762));
    }

    [Fact]
    public void Every_value_can_be_skipped_by_its_schema()
    {
        foreach (var line in VectorFiles.Lines("resolution.jsonl.gz"))
        {
            var writer = AvroSchema.Parse(line.GetProperty("writer").GetRawText());
            foreach (var value in line.GetProperty("values").EnumerateArray())
            {
                var reader = new AvroReader(Convert.FromHexString(value.GetProperty("bytes").GetString()!));
                SchemaSkipper.Skip(writer, ref reader);
                reader.Remaining.ShouldBe(0);
            }
        }
    }

    private static string? Expected(JsonElement value) =>
        value.TryGetProperty("readerBytes", out var bytes) ? RoundedByJava.GetValueOrDefault(bytes.GetString()!, bytes.GetString()!) : null;

    private static string? Resolve(SchemaResolution resolution, JsonElement value)
    {
        var from = new AvroReader(Convert.FromHexString(value.GetProperty("bytes").GetString()!));
        var buffer = new ArrayBufferWriter<byte>();
        var to = new AvroWriter(buffer);
        try
        {
            resolution.Transcode(ref from, ref to);
        }
        catch (AvroDataException)
        {
            return null;
        }

        from.Remaining.ShouldBe(0);
        to.Flush();
        return Convert.ToHexStringLower(buffer.WrittenSpan);
    }
}
