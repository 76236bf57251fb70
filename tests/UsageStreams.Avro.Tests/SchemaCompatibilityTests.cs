namespace UsageStreams.Avro.Tests;

public sealed class SchemaCompatibilityTests
{
    private const string Before = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""";
    private const string WithDefault = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"string","default":""}]}""";
    private const string WithoutDefault = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"string"}]}""";
    private const string Wider = """{"type":"record","name":"R","fields":[{"name":"a","type":"long"}]}""";
    private const string Renamed = """{"type":"record","name":"R","fields":[{"name":"z","type":"int","aliases":["a"]}]}""";

    [Fact]
    public void Java_finds_the_same_incompatibilities_in_two_thousand_evolutions()
    {
        var count = 0;
        foreach (var line in VectorFiles.Lines("resolution.jsonl.gz"))
        {
            var reader = AvroSchema.Parse(line.GetProperty("reader").GetRawText());
            var writer = AvroSchema.Parse(line.GetProperty("writer").GetRawText());
            var expected = line.GetProperty("incompatibilities").EnumerateArray().Select(static text => text.GetString());
            SchemaCompatibility.Check(reader, writer).Select(static found => $"{found.Code} {found.Path}")
                .ShouldBe(expected, $"writer {writer}, reader {reader}");
            count++;
        }

        count.ShouldBe(2000);
    }

    [Theory]
    [InlineData(Before, WithDefault, true, true)]
    [InlineData(Before, WithoutDefault, false, true)]
    [InlineData(WithDefault, Before, true, true)]
    [InlineData(WithoutDefault, Before, true, false)]
    [InlineData(Before, Wider, true, false)]
    [InlineData(Before, Renamed, true, false)]
    [InlineData("""["null","string"]""", "\"string\"", false, true)]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", """{"type":"enum","name":"E","symbols":["A","B"]}""", true, false)]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"],"default":"A"}""", """{"type":"enum","name":"E","symbols":["A","B"]}""", true, true)]
    public void Levels_ask_for_the_direction_they_are_named_after(string old, string proposed, bool backward, bool forward)
    {
        IsAllowed(proposed, CompatibilityLevel.Backward, old).ShouldBe(backward);
        IsAllowed(proposed, CompatibilityLevel.Forward, old).ShouldBe(forward);
        IsAllowed(proposed, CompatibilityLevel.Full, old).ShouldBe(backward && forward);
        IsAllowed(proposed, CompatibilityLevel.None, old).ShouldBeTrue();
    }

    [Fact]
    public void Only_transitive_levels_look_beyond_the_latest_version()
    {
        IsAllowed(WithoutDefault, CompatibilityLevel.Backward, WithoutDefault, Before).ShouldBeTrue();
        IsAllowed(WithoutDefault, CompatibilityLevel.BackwardTransitive, WithoutDefault, Before).ShouldBeFalse();
        IsAllowed(Wider, CompatibilityLevel.Forward, Wider, Before).ShouldBeTrue();
        IsAllowed(Wider, CompatibilityLevel.ForwardTransitive, Wider, Before).ShouldBeFalse();
        IsAllowed(Wider, CompatibilityLevel.FullTransitive, Wider, Before).ShouldBeFalse();
    }

    [Fact]
    public void The_first_version_of_a_subject_is_always_allowed() => IsAllowed(Before, CompatibilityLevel.FullTransitive).ShouldBeTrue();

    [Fact]
    public void Another_name_is_told_with_its_place()
    {
        var found = SchemaCompatibility.Check(
            AvroSchema.Parse("""{"type":"record","name":"Other","fields":[]}"""), AvroSchema.Parse("""{"type":"record","name":"R","namespace":"ns","fields":[]}"""));

        var only = found.ShouldHaveSingleItem();
        only.Type.ShouldBe(SchemaIncompatibilityType.NameMismatch);
        only.Path.ShouldBe("/name");
        only.Message.ShouldContain("ns.R");
    }

    [Fact]
    public void Recursive_schemas_are_compared_to_the_end()
    {
        const string list = """{"type":"record","name":"List","fields":[{"name":"value","type":"TYPE"},{"name":"next","type":["null","List"]}]}""";
        var ints = AvroSchema.Parse(list.Replace("TYPE", "int", StringComparison.Ordinal));
        var longs = AvroSchema.Parse(list.Replace("TYPE", "long", StringComparison.Ordinal));

        SchemaCompatibility.Check(longs, ints).ShouldBeEmpty();
        SchemaCompatibility.Check(ints, longs).ShouldContain(found => found.Type == SchemaIncompatibilityType.TypeMismatch);
    }

    [Theory]
    [InlineData("BACKWARD", CompatibilityLevel.Backward)]
    [InlineData("full_transitive", CompatibilityLevel.FullTransitive)]
    public void Levels_are_found_by_their_registry_names(string name, CompatibilityLevel expected)
    {
        CompatibilityLevels.TryParse(name, out var level).ShouldBeTrue();
        level.ShouldBe(expected);
        CompatibilityLevels.TryParse("SIDEWAYS", out _).ShouldBeFalse();
    }

    private static bool IsAllowed(string proposed, CompatibilityLevel level, params string[] existingNewestFirst) =>
        SchemaCompatibility.Check(AvroSchema.Parse(proposed), [.. existingNewestFirst.Select(static json => AvroSchema.Parse(json))], level).Count == 0;
}
