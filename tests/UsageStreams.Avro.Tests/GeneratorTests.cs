using UsageStreams.Avro.Generator;

namespace UsageStreams.Avro.Tests;

public sealed class GeneratorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("avro-generator-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_may_come_in_any_order()
    {
        var user = Add("user.avsc", """{"type":"record","name":"User","namespace":"n","fields":[{"name":"part","type":"Part"}]}""");
        var part = Add("part.avsc", """{"type":"record","name":"Part","namespace":"n","fields":[]}""");

        SchemaFiles.Load([user, part]).Select(static schema => schema.FullName).ShouldBe(["n.Part", "n.User"]);
        SchemaFiles.Load([part, user]).Select(static schema => schema.FullName).ShouldBe(["n.Part", "n.User"]);
    }

    [Fact]
    public void An_unknown_type_is_told_with_file_and_field() =>
        Failure("""{"type":"record","name":"User","fields":[{"name":"part","type":"Missing"}]}""")
            .ShouldSatisfyAllConditions(text => text.ShouldContain("one.avsc"), text => text.ShouldContain("User.part"), text => text.ShouldContain("'Missing'"));

    [Fact]
    public void A_type_defined_in_two_files_is_told_with_both()
    {
        var one = Add("one.avsc", """{"type":"record","name":"R","fields":[]}""");
        var two = Add("two.avsc", """{"type":"record","name":"R","fields":[]}""");
        Should.Throw<AvroSchemaException>(() => SchemaFiles.Load([one, two])).Message
            .ShouldSatisfyAllConditions(text => text.ShouldContain("one.avsc"), text => text.ShouldContain("two.avsc"));
    }

    [Fact]
    public void Files_that_need_each_other_are_refused()
    {
        var one = Add("one.avsc", """{"type":"record","name":"A","fields":[{"name":"b","type":"B"}]}""");
        var two = Add("two.avsc", """{"type":"record","name":"B","fields":[{"name":"a","type":["null","A"]}]}""");
        Should.Throw<AvroSchemaException>(() => SchemaFiles.Load([one, two])).Message.ShouldContain("refers to itself");
    }

    [Theory]
    [InlineData("""{"name":"u","type":["int","string"]}""", "R.u")]
    [InlineData("""{"name":"r","type":"int"}""", "R.r")]
    [InlineData("""{"name":"to_string","type":"int"}""", "R.to_string")]
    [InlineData("""{"name":"a_b","type":"int"},{"name":"aB","type":"int"}""", "R.aB")]
    public void What_csharp_cannot_say_is_told_with_the_field(string fields, string place) =>
        Failure($$"""{"type":"record","name":"R","fields":[{{fields}}]}""").ShouldContain(place);

    [Fact]
    public void Sources_that_are_no_longer_made_are_removed()
    {
        var output = Path.Combine(_folder, "out");
        OutputFolder.Write(output, new Dictionary<string, string> { ["A.g.cs"] = "a", ["B.g.cs"] = "b" });
        OutputFolder.Write(output, new Dictionary<string, string> { ["B.g.cs"] = "c" });

        Directory.GetFiles(output).Select(Path.GetFileName).ShouldBe(["B.g.cs"]);
        File.ReadAllText(Path.Combine(output, "B.g.cs")).ShouldBe("c");
    }

    private string Failure(string schema) => Should.Throw<AvroSchemaException>(() =>
        new TypeGenerator("N", SchemaFiles.Load([Add("one.avsc", schema)])).Generate()).Message;

    private string Add(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
