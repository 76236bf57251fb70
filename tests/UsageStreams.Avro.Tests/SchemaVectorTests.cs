using System.Globalization;

namespace UsageStreams.Avro.Tests;

public sealed class SchemaVectorTests
{
    [Fact]
    public void Canonical_forms_and_fingerprints_are_those_of_the_projects_own_cases()
    {
        var cases = VectorFiles.Cases("schema-tests.txt").ToList();

        cases.Count.ShouldBe(34);
        foreach (var expected in cases)
        {
            var schema = AvroSchema.Parse(expected["INPUT"]);
            schema.CanonicalForm.ShouldBe(expected["canonical"]);
            if (expected.TryGetValue("fingerprint", out var fingerprint))
                schema.Fingerprint.ShouldBe((ulong)long.Parse(fingerprint, CultureInfo.InvariantCulture), expected["INPUT"]);
        }
    }

    [Fact]
    public void Canonical_forms_and_fingerprints_are_those_of_java()
    {
        var count = 0;
        foreach (var line in VectorFiles.Lines("canonical.jsonl.gz"))
        {
            var schema = AvroSchema.Parse(line.GetProperty("schema").GetRawText());
            schema.CanonicalForm.ShouldBe(line.GetProperty("canonical").GetString());
            schema.Fingerprint.ToString("x", CultureInfo.InvariantCulture).ShouldBe(line.GetProperty("crc64").GetString());
            count++;
        }

        count.ShouldBe(1000);
    }

    [Fact]
    public void The_text_of_a_schema_parses_to_the_same_schema()
    {
        foreach (var line in VectorFiles.Lines("canonical.jsonl.gz"))
        {
            var schema = AvroSchema.Parse(line.GetProperty("schema").GetRawText());
            var again = AvroSchema.Parse(schema.ToJson());
            again.ToJson().ShouldBe(schema.ToJson());
            again.CanonicalForm.ShouldBe(schema.CanonicalForm);
        }
    }

    [Theory]
    [MemberData(nameof(Files), "pass")]
    [MemberData(nameof(Files), ".")]
    public void Legal_schemas_parse(string file)
    {
        var schema = AvroSchema.Parse(File.ReadAllText(VectorFiles.PathOf("schemas", file)));
        AvroSchema.Parse(schema.ToJson()).CanonicalForm.ShouldBe(schema.CanonicalForm);
    }

    [Theory]
    [MemberData(nameof(Files), "fail")]
    public void Illegal_schemas_are_refused(string file) =>
        Should.Throw<AvroSchemaException>(() => AvroSchema.Parse(File.ReadAllText(VectorFiles.PathOf("schemas", file))));

    public static TheoryData<string> Files(string folder)
    {
        var root = VectorFiles.PathOf("schemas");
        return [.. Directory.GetFiles(Path.Combine(root, folder)).Order(StringComparer.Ordinal).Select(file => Path.GetRelativePath(root, file))];
    }
}
