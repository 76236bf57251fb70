using System.Text;
using UsageStreams.Avro;
using UsageStreams.Embedded.Registry.Log;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Tests.Registry;

public sealed class LogRecordCodecTests
{
    [Fact]
    public void Records_are_written_as_the_Confluent_server_writes_them()
    {
        var version = new SchemaVersion("a-value", 1, 7, new SchemaContent("AVRO", "\"string\"", []), Deleted: false);

        Written(new SchemaWritten(version)).ShouldBe((
            """{"keytype":"SCHEMA","subject":"a-value","version":1,"magic":1}""",
            """{"subject":"a-value","version":1,"id":7,"schemaType":"AVRO","schema":"\"string\"","deleted":false}"""));
        Written(new SchemaRemoved("a-value", 1)).ShouldBe(("""{"keytype":"SCHEMA","subject":"a-value","version":1,"magic":1}""", null));
        Written(new SubjectDeleted("a-value", 3)).ShouldBe((
            """{"keytype":"DELETE_SUBJECT","subject":"a-value","magic":0}""", """{"subject":"a-value","version":3}"""));
        Written(new ConfigWritten("a-value", RegistryConfig.Of(CompatibilityLevel.Full))).ShouldBe((
            """{"keytype":"CONFIG","subject":"a-value","magic":0}""", """{"subject":"a-value","compatibilityLevel":"FULL"}"""));
        Written(new ConfigWritten(RegistryState.Global, RegistryConfig.Of(CompatibilityLevel.ForwardTransitive))).ShouldBe((
            """{"keytype":"CONFIG","magic":0}""", """{"compatibilityLevel":"FORWARD_TRANSITIVE"}"""));
        Written(new ModeWritten("a-value", RegistryMode.ReadOnly)).ShouldBe((
            """{"keytype":"MODE","subject":"a-value","magic":0}""", """{"subject":"a-value","mode":"READONLY"}"""));
        Written(new ModeWritten("a-value", null)).ShouldBe(("""{"keytype":"MODE","subject":"a-value","magic":0}""", null));
    }

    [Fact]
    public void Records_of_older_servers_are_read()
    {
        var schema = (SchemaWritten)Read(
            """{"keytype":"SCHEMA","subject":"a","version":2,"magic":0}""",
            """{"subject":"a","version":2,"id":5,"md5":"x","schema":"\"string\"","deleted":true,"offset":3}""");
        schema.Version.ShouldBe(new SchemaVersion("a", 2, 5, new SchemaContent("AVRO", "\"string\"", []), Deleted: true));

        ((ConfigWritten)Read("""{"keytype":"CONFIG","subject":null,"magic":0}""", """{"compatibilityLevel":"NONE"}""")).Subject.ShouldBe(RegistryState.Global);
        ((ModeWritten)Read("""{"keytype":"MODE","subject":"a","magic":0}""", """{"mode":"IMPORT"}""")).ShouldBe(new ModeWritten("a", RegistryMode.Import));
    }

    [Theory]
    [InlineData("""{"keytype":"NOOP","magic":0}""", null)]
    [InlineData("""{"keytype":"CLEAR_SUBJECT","subject":"a","magic":0}""", """{"subject":"a"}""")]
    [InlineData("""{"keytype":"CONTEXT","tenant":"default","context":".c"}""", """{"tenant":"default","context":".c"}""")]
    [InlineData("""{"keytype":"ASSOC","anything":[1]}""", "{}")]
    public void Records_that_change_nothing_here_are_passed_over(string key, string? value) =>
        LogRecordCodec.Decode(Bytes(key), Bytes(value)).ShouldBeNull();

    [Theory]
    [InlineData("not json", null)]
    [InlineData("""{"keytype":"SCHEMA","subject":"a","version":1,"magic":1}""", """{"subject":"a","version":1,"id":1}""")]
    [InlineData("""{"keytype":"SCHEMA","version":1,"magic":1}""", null)]
    [InlineData("""{"keytype":"CONFIG","magic":0}""", """{"compatibilityLevel":"SIDEWAYS"}""")]
    [InlineData("""{"keytype":"MODE","magic":0}""", "[]")]
    public void Damaged_records_are_told_from_unknown_ones(string key, string? value) =>
        Should.Throw<InvalidDataException>(() => LogRecordCodec.Decode(Bytes(key), Bytes(value)));

    [Fact]
    public void A_second_text_for_an_id_is_left_out_and_said()
    {
        RegistryState state = RegistryState.Empty.Apply(new SchemaWritten(Version("a", 1, "\"string\"")), out _);

        RegistryState after = state.Apply(new SchemaWritten(Version("b", 1, "\"long\"")), out string? refusal);

        after.ShouldBe(state);
        refusal.ShouldNotBeNull().ShouldContain("id 1 of subject 'b'");
    }

    [Fact]
    public void Schema_types_of_other_servers_are_kept_as_they_are()
    {
        var record = (SchemaWritten)Read(
            """{"keytype":"SCHEMA","subject":"p","version":1,"magic":1}""",
            """{"subject":"p","version":1,"id":1,"schemaType":"PROTOBUF","schema":"syntax = \"proto3\";","deleted":false}""");

        record.Version.Content.Text.ShouldBe("syntax = \"proto3\";");
        Written(record).Value.ShouldNotBeNull().ShouldContain("PROTOBUF");
    }

    private static SchemaVersion Version(string subject, int id, string schema) => new(subject, 1, id, new SchemaContent("AVRO", schema, []), Deleted: false);

    private static (string Key, string? Value) Written(LogRecord record) =>
        (Encoding.UTF8.GetString(LogRecordCodec.EncodeKey(record)), LogRecordCodec.EncodeValue(record) is { } value ? Encoding.UTF8.GetString(value) : null);

    private static LogRecord Read(string key, string value) => LogRecordCodec.Decode(Bytes(key), Bytes(value)).ShouldNotBeNull();

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);
}
