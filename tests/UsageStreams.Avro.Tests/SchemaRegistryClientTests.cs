using System.Net;
using System.Net.Sockets;
using System.Text;
using UsageStreams.Avro.Registry;

namespace UsageStreams.Avro.Tests;

public sealed class SchemaRegistryClientTests : IDisposable
{
    private static readonly AvroSchema Schema = AvroSchema.Parse("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""");

    private readonly StubRegistry _registry = new();

    public void Dispose() => _registry.Dispose();

    [Fact]
    public void A_schema_is_registered_once()
    {
        _registry.Answer("""{"id":7}""");
        using var client = Client("http://registry:8081/apis/ccompat/v7/");

        client.Register("usage events/value", Schema, TestContext.Current.CancellationToken).ShouldBe(7);
        client.Register("usage events/value", Schema, TestContext.Current.CancellationToken).ShouldBe(7);
        client.GetSchema(7, TestContext.Current.CancellationToken).ShouldBe(Schema);

        var request = _registry.Requests.ShouldHaveSingleItem();
        request.ShouldStartWith("POST http://registry:8081/apis/ccompat/v7/subjects/usage%20events%2Fvalue/versions {\"schema\":\"{");
    }

    [Fact]
    public void Schemas_are_asked_for_once_with_what_they_refer_to()
    {
        _registry
            .Answer("""{"schema":"{\"type\":\"record\",\"name\":\"B\",\"fields\":[{\"name\":\"a\",\"type\":\"n.A\"}]}","references":[{"name":"n.A","subject":"a-value","version":3}]}""")
            .Answer("""{"subject":"a-value","version":3,"id":1,"schema":"{\"type\":\"enum\",\"name\":\"A\",\"namespace\":\"n\",\"symbols\":[\"X\"]}"}""");
        using var client = Client();

        var schema = client.GetSchema(2, TestContext.Current.CancellationToken).ShouldBeOfType<RecordSchema>();
        schema.Fields[0].Schema.ShouldBeOfType<EnumSchema>().FullName.ShouldBe("n.A");
        client.GetSchema(2, TestContext.Current.CancellationToken).ShouldBeSameAs(schema);
        _registry.Requests.ShouldBe(["GET http://registry:8081/schemas/ids/2", "GET http://registry:8081/subjects/a-value/versions/3?deleted=true"]);
    }

    [Fact]
    public void Unknown_ids_are_asked_for_again_only_after_a_while()
    {
        const string notFound = """{"error_code":40403,"message":"Schema 9 not found"}""";
        _registry.Answer(notFound, HttpStatusCode.NotFound).Answer("""{"schema":"\"int\""}""");
        var clock = new ManualTime();
        using var client = Client(options: new SchemaRegistryOptions { Handler = _registry, TimeProvider = clock });

        client.GetSchema(9, TestContext.Current.CancellationToken).ShouldBeNull();
        client.GetSchema(9, TestContext.Current.CancellationToken).ShouldBeNull();
        _registry.Requests.Count.ShouldBe(1);
        clock.Advance(TimeSpan.FromSeconds(31));
        client.GetSchema(9, TestContext.Current.CancellationToken).ShouldNotBeNull().Type.ShouldBe(AvroType.Int);
    }

    [Fact]
    public void Lookup_latest_compatibility_and_level_speak_the_registrys_language()
    {
        _registry
            .Answer("""{"subject":"s","id":4,"version":2,"schema":"\"int\""}""")
            .Answer("""{"error_code":40401,"message":"Subject not found"}""", HttpStatusCode.NotFound)
            .Answer("""{"subject":"s","id":5,"version":3,"schema":"\"long\""}""")
            .Answer("""{"is_compatible":false,"messages":["why"]}""")
            .Answer("""{"compatibility":"FULL_TRANSITIVE"}""")
            .Answer("""["AVRO"]""");
        using var client = Client();
        var cancellation = TestContext.Current.CancellationToken;

        client.Lookup("s", Schema, cancellation).ShouldBe(new RegisteredSchema("s", 2, 4, Schema));
        client.Lookup("s", Schema, cancellation).ShouldBeNull();
        client.GetLatest("s", cancellation)!.Schema.Type.ShouldBe(AvroType.Long);
        var answer = client.CheckCompatibility("s", Schema, cancellation);
        (answer.IsCompatible, answer.Messages.Single()).ShouldBe((false, "why"));
        client.SetCompatibility("s", CompatibilityLevel.FullTransitive, cancellation);
        client.Ping(cancellation);

        _registry.Requests[2].ShouldBe("GET http://registry:8081/subjects/s/versions/latest");
        _registry.Requests[3].ShouldStartWith("POST http://registry:8081/compatibility/subjects/s/versions?verbose=true {\"schema\":");
        _registry.Requests[4].ShouldBe("PUT http://registry:8081/config/s {\"compatibility\":\"FULL_TRANSITIVE\"}");
    }

    [Fact]
    public void An_incompatible_schema_is_told_in_the_registrys_words_and_not_tried_again()
    {
        _registry.Answer("""{"error_code":40901,"message":"reader field b has no default"}""", HttpStatusCode.Conflict);
        using var client = Client();

        var error = Should.Throw<IncompatibleSchemaException>(() => client.Register("s", Schema, TestContext.Current.CancellationToken));

        (error.Subject, error.RegistryMessage, error.ErrorCode, error.Status, error.IsTransient).ShouldBe(("s", "reader field b has no default", 40901, 409, false));
        _registry.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(503)]
    public void What_may_pass_is_tried_again(int status)
    {
        _registry.Answer("busy", (HttpStatusCode)status).Fail(new HttpRequestException("connection refused")).Answer("""{"id":1}""");
        using var client = Client();
        client.Register("s", Schema, TestContext.Current.CancellationToken).ShouldBe(1);
        _registry.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public void Trying_again_has_an_end()
    {
        for (var i = 0; i < 3; i++)
            _registry.Answer("""{"error_code":50001,"message":"store is down"}""", HttpStatusCode.InternalServerError);
        using var client = Client();

        var error = Should.Throw<SchemaRegistryException>(() => client.Ping(TestContext.Current.CancellationToken));
        (error.IsTransient, error.Status, error.ErrorCode).ShouldBe((true, 500, 50001));
        error.Message.ShouldContain("store is down");
    }

    [Fact]
    public void Credentials_of_the_url_are_sent_and_never_shown()
    {
        _registry.Answer("no", HttpStatusCode.Unauthorized);
        using var client = Client("http://me:s%40cret@registry:8081/");

        var error = Should.Throw<SchemaRegistryException>(() => client.Ping(TestContext.Current.CancellationToken));

        _registry.Authorizations.ShouldBe(["Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("me:s@cret"))]);
        error.Status.ShouldBe(401);
        error.ToString().ShouldNotContain("cret");
        error.Message.ShouldContain("http://registry:8081");
        client.Url.ShouldBe("http://registry:8081");
    }

    [Fact]
    public void An_answer_that_is_no_registrys_is_told_as_such()
    {
        _registry.Answer("<html>hello</html>").Answer("{}");
        using var client = Client();
        Should.Throw<SchemaRegistryException>(() => client.Register("s", Schema, TestContext.Current.CancellationToken)).Message.ShouldContain("not JSON");
        Should.Throw<SchemaRegistryException>(() => client.Register("s", Schema, TestContext.Current.CancellationToken)).Message.ShouldContain("'id'");
    }

    [Fact]
    public void A_registry_that_is_not_there_is_told_with_its_url_and_the_next_step()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var client = new SchemaRegistryClient(new Uri($"http://127.0.0.1:{port}"), new SchemaRegistryOptions { Attempts = 1 });

        var error = Should.Throw<SchemaRegistryException>(() => client.Ping(TestContext.Current.CancellationToken));

        (error.IsTransient, error.Status).ShouldBe((true, 0));
        error.Message.ShouldContain($"127.0.0.1:{port}");
        error.Message.ShouldContain("Check that the schema registry runs");
    }

    [Fact]
    public void Cancelling_ends_the_waiting()
    {
        using var source = new CancellationTokenSource();
        _registry.Answer(() =>
        {
            source.Cancel();
            return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        });
        using var client = Client(options: new SchemaRegistryOptions { Handler = _registry, RetryDelay = TimeSpan.FromHours(1), MaxRetryDelay = TimeSpan.FromHours(1) });
        Should.Throw<OperationCanceledException>(() => client.Ping(source.Token));
    }

    private SchemaRegistryClient Client(string url = "http://registry:8081", SchemaRegistryOptions? options = null) =>
        new(new Uri(url), options ?? new SchemaRegistryOptions { Handler = _registry, Attempts = 3, RetryDelay = TimeSpan.Zero });

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
