using System.Buffers;
using System.Net;
using System.Text.Json;
using UsageStreams.Avro.Registry;
using UsageStreams.Avro.Tests.Generated;

namespace UsageStreams.Avro.Tests;

public sealed class WireFormatTests : IDisposable
{
    private readonly StubRegistry _registry = new();
    private readonly SchemaRegistryClient _client;

    public WireFormatTests() => _client = new SchemaRegistryClient(
        new Uri("http://registry:8081"), new SchemaRegistryOptions { Handler = _registry, Attempts = 1 });

    public void Dispose()
    {
        _client.Dispose();
        _registry.Dispose();
    }

    [Fact]
    public void A_record_is_a_zero_the_id_and_its_body()
    {
        _registry.Answer("""{"id":258}""");
        var output = new ArrayBufferWriter<byte>();
        new AvroRecordSerializer<Leaf>(_client, "leaves-value").Serialize(new Leaf { Value = -1 }, output);

        Convert.ToHexStringLower(output.WrittenSpan).ShouldBe("000000010201");
        new AvroRecordDeserializer<Leaf>(_client).Deserialize(output.WrittenSpan).ShouldBe(new Leaf { Value = -1 });
        _registry.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public void What_an_older_schema_wrote_is_read_with_todays()
    {
        AnswerSchema("""{"type":"record","name":"Tree","namespace":"tests","fields":[{"name":"gone","type":"string"},{"name":"leaf","type":{"type":"record","name":"Leaf","fields":[{"name":"value","type":"int"}]}}]}""");
        var deserializer = new AvroRecordDeserializer<Tree>(_client);

        for (var i = 0; i < 3; i++)
        {
            var tree = deserializer.Deserialize(Convert.FromHexString("00000000050278" + "08"));
            tree.Leaf.Value.ShouldBe(4);
            tree.Branches.ShouldBeEmpty();
        }

        _registry.Requests.ShouldBe(["GET http://registry:8081/schemas/ids/5"]);
    }

    [Theory]
    [InlineData("", "too few")]
    [InlineData("00000000", "too few")]
    [InlineData("010000000502", "magic byte 0x01")]
    public void Bytes_without_the_header_are_data_errors(string hex, string why)
    {
        var deserializer = new AvroRecordDeserializer<Leaf>(_client);
        Should.Throw<AvroDataException>(() => deserializer.Deserialize(Convert.FromHexString(hex))).Message.ShouldContain(why);
        _registry.Requests.ShouldBeEmpty();
    }

    [Fact]
    public void An_id_the_registry_does_not_know_is_a_data_error()
    {
        _registry.Answer("""{"error_code":40403,"message":"Schema not found"}""", HttpStatusCode.NotFound);
        var deserializer = new AvroRecordDeserializer<Leaf>(_client);
        Should.Throw<AvroDataException>(() => deserializer.Deserialize([0, 0, 0, 0, 9, 2])).Message.ShouldContain("schema id 9");
    }

    [Fact]
    public void A_schema_that_is_not_avro_is_a_data_error()
    {
        _registry.Answer("""{"schemaType":"PROTOBUF","schema":"syntax = \"proto3\";"}""");
        var deserializer = new AvroRecordDeserializer<Leaf>(_client);
        Should.Throw<AvroDataException>(() => deserializer.Deserialize([0, 0, 0, 0, 9, 2])).Message.ShouldContain("PROTOBUF");
    }

    [Fact]
    public void A_registry_that_does_not_answer_is_not_a_data_error()
    {
        _registry.Fail(new HttpRequestException("connection refused"));
        var deserializer = new AvroRecordDeserializer<Leaf>(_client);
        Should.Throw<SchemaRegistryException>(() => deserializer.Deserialize([0, 0, 0, 0, 9, 2])).IsTransient.ShouldBeTrue();
    }

    [Fact]
    public void What_follows_the_record_is_a_data_error()
    {
        AnswerSchema(SchemaOf<Leaf>().ToJson());
        var deserializer = new AvroRecordDeserializer<Leaf>(_client);
        Should.Throw<AvroDataException>(() => deserializer.Deserialize([0, 0, 0, 0, 9, 2, 3, 4])).Message.ShouldContain("2 bytes follow");
    }

    [Fact]
    public void Damaged_bytes_are_told_with_their_field()
    {
        AnswerSchema(SchemaOf<EveryKind>().ToJson());
        var body = Codec.Write(static (ref writer) => AvroRecord.Write(Samples.EveryKind(), ref writer));
        var deserializer = new AvroRecordDeserializer<EveryKind>(_client);

        body[0] = 2;
        Should.Throw<AvroDataException>(() => deserializer.Deserialize([0, 0, 0, 0, 9, .. body])).Field.ShouldBe("EveryKind.read");
        body[0] = 1;
        body.AsSpan(body.Length - 3).Fill(0xff);
        Should.Throw<AvroDataException>(() => deserializer.Deserialize([0, 0, 0, 0, 9, .. body])).Field
            .ShouldBe("EveryKind.tree.branches[].leaf.value");
    }

    [Fact]
    public void A_value_that_does_not_fit_is_told_with_its_field()
    {
        _registry.Answer("""{"id":1}""");
        var serializer = new AvroRecordSerializer<EveryKind>(_client, "s");
        var error = Should.Throw<AvroDataException>(() => serializer.Serialize(
            Samples.EveryKind() with { Amount = 0.00001m }, new ArrayBufferWriter<byte>()));
        error.Field.ShouldBe("EveryKind.amount");
        error.Message.ShouldContain("rounded");
    }

    [Fact]
    public void Reading_allocates_nothing_beyond_the_value()
    {
        AnswerSchema(SchemaOf<Leaf>().ToJson());
        AnswerSchema("""{"type":"record","name":"Leaf","namespace":"tests","fields":[{"name":"gone","type":"int"},{"name":"value","type":"int"}]}""");
        var deserializer = new AvroRecordDeserializer<Leaf>(_client);
        byte[] own = [0, 0, 0, 0, 9, 2];
        byte[] older = [0, 0, 0, 0, 8, 2, 2];
        var perLeaf = Allocated(static () => new Leaf { Value = 1 });

        Allocated(() => deserializer.Deserialize(own)).ShouldBe(perLeaf);
        Allocated(() => deserializer.Deserialize(older)).ShouldBe(perLeaf);
    }

    private static long Allocated(Func<Leaf> read)
    {
        read().Value.ShouldBe(1);
        read();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            read();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private void AnswerSchema(string schema) => _registry.Answer($$"""{"schema":{{JsonSerializer.Serialize(schema)}}}""");

    private static AvroSchema SchemaOf<T>()
        where T : IAvroRecord<T> => T.Schema;
}
