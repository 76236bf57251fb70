using System.Text.Json;
using System.Text.Json.Nodes;
using UsageStreams.Embedded.Registry;

namespace UsageStreams.Embedded.Tests.Registry;

/// <summary>The REST interface as clients see it: paths, members, status and error codes.</summary>
public sealed class RestInterfaceTests(RegistryFixture fixture) : IClassFixture<RegistryFixture>, IAsyncLifetime
{
    private EmbeddedRegistry _registry = null!;
    private RegistryClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _registry = await fixture.StartAsync(RegistryFixture.NewTopic());
        _client = new RegistryClient(_registry.Url);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _registry.DisposeAsync();
    }

    [Fact]
    public async Task A_registered_schema_is_found_by_id_by_version_and_by_its_text()
    {
        int id = (await _client.Register("a-value", Schemas.Plain)).Json["id"]!.GetValue<int>();

        (await _client.Get($"/schemas/ids/{id}?subject=a-value")).Json["schema"]!.GetValue<string>().ShouldBe(Schemas.Plain);
        (await _client.Get($"/schemas/ids/{id}/schema")).Text.ShouldBe(Schemas.Plain);
        (await _client.Get($"/schemas/ids/{id}/subjects")).Text.ShouldBe("""["a-value"]""");
        (await _client.Get($"/schemas/ids/{id}/versions")).Text.ShouldBe("""[{"subject":"a-value","version":1}]""");
        (await _client.Get("/subjects/a-value/versions/latest/schema")).Text.ShouldBe(Schemas.Plain);
        JsonNode version = (await _client.Get("/subjects/a-value/versions/1")).Json;
        version["subject"]!.GetValue<string>().ShouldBe("a-value");
        version["version"]!.GetValue<int>().ShouldBe(1);
        version["id"]!.GetValue<int>().ShouldBe(id);
        JsonNode found = (await _client.Post("/subjects/a-value?normalize=False&deleted=False", RegistryClient.SchemaBody(Schemas.Plain))).Json;
        found.ToJsonString().ShouldBe(version.ToJsonString());
    }

    [Fact]
    public async Task What_is_not_there_says_what_was_missing()
    {
        await _client.Register("a", Schemas.Plain);

        (await _client.Get("/schemas/ids/99")).Error.ShouldBe((404, 40403));
        (await _client.Get("/subjects/b/versions")).Error.ShouldBe((404, 40401));
        (await _client.Get("/subjects/b/versions/latest")).Error.ShouldBe((404, 40401));
        (await _client.Get("/subjects/a/versions/2")).Error.ShouldBe((404, 40402));
        (await _client.Get("/subjects/a/versions/0")).Error.ShouldBe((422, 42202));
        (await _client.Get("/subjects/a/versions/two")).Error.ShouldBe((422, 42202));
        (await _client.Post("/subjects/b", RegistryClient.SchemaBody(Schemas.Plain))).Error.ShouldBe((404, 40401));
        (await _client.Post("/subjects/a", RegistryClient.SchemaBody(Schemas.Other))).Error.ShouldBe((404, 40403));
        (await _client.Get("/nowhere")).Error.ShouldBe((404, 404));
        (await _client.Put("/subjects", "{}")).Error.ShouldBe((405, 405));
    }

    [Fact]
    public async Task Requests_without_a_proper_body_are_refused_with_what_was_expected()
    {
        (await _client.Post("/subjects/a/versions", "")).Error.ShouldBe((422, 422));
        (await _client.Post("/subjects/a/versions", "{")).Error.ShouldBe((400, 400));
        (await _client.Post("/subjects/a/versions", "{}")).Error.ShouldBe((422, 42201));
        (await _client.Post("/subjects/a/versions", """{"schema":"{\"type\":\"record\"}"}""")).Error.ShouldBe((422, 42201));
        (await _client.Post("/subjects/a/versions", """{"schema":"\"string\"","schemaType":"JSON"}""")).Error.ShouldBe((422, 42201));
        (await _client.Post("/subjects/a/versions", """{"schema":"\"string\"","id":5}""")).Error.ShouldBe((422, 42205));
        (await _client.Post("/subjects/a/versions", """{"schema":"\"string\"","ruleSet":{}}""")).Error.ShouldBe((422, 42210));
        (await _client.Post("/subjects/a/versions", """{"schema":"\"string\"","id":-1,"unknown":1}""")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Subjects_may_hold_any_printable_character()
    {
        foreach (string subject in new[] { "a/b", "a%2Fb", "a b", "ä:b", "a+b" })
        {
            (await _client.Register(subject, Schemas.Plain)).Status.ShouldBe(200, subject);
            JsonNode version = (await _client.Get($"/subjects/{Uri.EscapeDataString(subject)}/versions/1")).Json;
            version["subject"]!.GetValue<string>().ShouldBe(subject);
        }

        (await _client.Get("/subjects")).Json.AsArray().Count.ShouldBe(5);
        (await _client.Get("/subjects?subjectPrefix=a%2F")).Text.ShouldBe("""["a/b"]""");
        (await _client.Get("/subjects?subjectPrefix=:*:a&offset=1&limit=2")).Json.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Deletion_goes_from_hidden_to_gone()
    {
        await _client.Register("a", Schemas.Plain);
        await _client.Register("a", Schemas.WithOptional);

        (await _client.Delete("/subjects/a/versions/1?permanent=True")).Error.ShouldBe((404, 40407));
        (await _client.Delete("/subjects/a/versions/1")).Text.ShouldBe("1");
        (await _client.Delete("/subjects/a/versions/1")).Error.ShouldBe((404, 40406));
        (await _client.Get("/subjects/a/versions")).Text.ShouldBe("[2]");
        (await _client.Get("/subjects/a/versions?deleted=True")).Text.ShouldBe("[1,2]");
        (await _client.Get("/subjects/a/versions?deletedOnly=true")).Text.ShouldBe("[1]");
        (await _client.Delete("/subjects/a/versions/1?permanent=True")).Text.ShouldBe("1");
        (await _client.Get("/schemas/ids/1")).Error.ShouldBe((404, 40403));

        (await _client.Delete("/subjects/a?permanent=true")).Error.ShouldBe((404, 40405));
        (await _client.Delete("/subjects/a")).Text.ShouldBe("[2]");
        (await _client.Delete("/subjects/a")).Error.ShouldBe((404, 40404));
        (await _client.Get("/subjects")).Text.ShouldBe("[]");
        (await _client.Get("/subjects?deleted=true")).Text.ShouldBe("""["a"]""");
        (await _client.Get("/subjects/a/versions/2?deleted=true")).Json["deleted"]!.GetValue<bool>().ShouldBeTrue();
        (await _client.Get("/schemas/ids/2")).Status.ShouldBe(200);
        (await _client.Delete("/subjects/a?permanent=true")).Text.ShouldBe("[2]");
        (await _client.Delete("/subjects/a?permanent=true")).Error.ShouldBe((404, 40401));
    }

    [Fact]
    public async Task Compatibility_can_be_asked_for_without_registering()
    {
        await _client.Register("a", Schemas.Plain);
        string required = RegistryClient.SchemaBody(Schemas.WithRequired);

        (await _client.Post("/compatibility/subjects/a/versions/latest", RegistryClient.SchemaBody(Schemas.WithOptional))).Text.ShouldBe("""{"is_compatible":true}""");
        (await _client.Post("/compatibility/subjects/a/versions/1", required)).Text.ShouldBe("""{"is_compatible":false}""");
        Answer verbose = await _client.Post("/compatibility/subjects/a/versions?verbose=True", required);
        verbose.Json["messages"]!.AsArray()[0]!.GetValue<string>().ShouldContain("READER_FIELD_MISSING_DEFAULT_VALUE");
        (await _client.Post("/compatibility/subjects/unknown/versions/latest", required)).Json["is_compatible"]!.GetValue<bool>().ShouldBeTrue();
        (await _client.Post("/compatibility/subjects/a/versions/9", required)).Error.ShouldBe((404, 40402));
        (await _client.Register("a", Schemas.WithRequired)).Error.ShouldBe((409, 409));
        (await _client.Get("/subjects/a/versions")).Text.ShouldBe("[1]");
    }

    [Fact]
    public async Task Levels_are_sent_as_compatibility_and_told_as_compatibilityLevel()
    {
        (await _client.Get("/config")).Text.ShouldBe("""{"compatibilityLevel":"BACKWARD"}""");
        (await _client.Put("/config", """{"compatibility":"FULL"}""")).Text.ShouldBe("""{"compatibility":"FULL"}""");
        (await _client.Get("/config/a")).Error.ShouldBe((404, 40408));
        (await _client.Get("/config/a?defaultToGlobal=True")).Text.ShouldBe("""{"compatibilityLevel":"FULL"}""");
        (await _client.Put("/config/a", """{"compatibility":"NONE","normalize":true}""")).Text.ShouldBe("""{"compatibility":"NONE","normalize":true}""");
        (await _client.Get("/config/a")).Text.ShouldBe("""{"compatibilityLevel":"NONE","normalize":true}""");
        (await _client.Put("/config/a", """{"compatibility":"SIDEWAYS"}""")).Error.ShouldBe((422, 42203));
        (await _client.Delete("/config/a")).Status.ShouldBe(200);
        (await _client.Get("/config/a")).Error.ShouldBe((404, 40408));
        (await _client.Delete("/config")).Text.ShouldBe("""{"compatibilityLevel":"FULL"}""");
        (await _client.Get("/config")).Text.ShouldBe("""{"compatibilityLevel":"BACKWARD"}""");
    }

    [Fact]
    public async Task Modes_permit_and_forbid_writes()
    {
        (await _client.Get("/mode")).Text.ShouldBe("""{"mode":"READWRITE"}""");
        (await _client.Get("/mode/a")).Error.ShouldBe((404, 40409));
        (await _client.Put("/mode", """{"mode":"READONLY"}""")).Text.ShouldBe("""{"mode":"READONLY"}""");
        (await _client.Register("a", Schemas.Plain)).Error.ShouldBe((422, 42205));
        (await _client.Put("/mode/a", """{"mode":"READWRITE"}""")).Status.ShouldBe(200);
        (await _client.Register("a", Schemas.Plain)).Status.ShouldBe(200);
        (await _client.Put("/mode", """{"mode":"IMPORT"}""")).Error.ShouldBe((422, 42204));
        (await _client.Delete("/mode/a")).Text.ShouldBe("""{"mode":"READWRITE"}""");
        (await _client.Get("/mode/a?defaultToGlobal=true")).Text.ShouldBe("""{"mode":"READONLY"}""");
    }

    [Fact]
    public async Task References_are_told_and_guarded()
    {
        await _client.Register("event", Schemas.Plain);
        string body = JsonSerializer.Serialize(new { schema = Schemas.Embedding, references = new[] { new { name = "test.Event", subject = "event", version = 1 } } });

        int id = (await _client.Post("/subjects/envelope/versions", body)).Json["id"]!.GetValue<int>();

        (await _client.Get($"/schemas/ids/{id}")).Json["references"]!.ToJsonString().ShouldBe("""[{"name":"test.Event","subject":"event","version":1}]""");
        (await _client.Get("/subjects/event/versions/1/referencedby")).Text.ShouldBe($"[{id}]");
        (await _client.Delete("/subjects/event")).Error.ShouldBe((422, 42206));
    }

    [Fact]
    public async Task Answers_carry_the_registrys_own_content_type_and_the_servers_pages_exist()
    {
        (await _client.Get("/")).ShouldBe(new Answer(200, "{}", "application/vnd.schemaregistry.v1+json"));
        (await _client.Get("/schemas/types")).Text.ShouldBe("""["AVRO"]""");
        (await _client.Get("/contexts")).Text.ShouldBe("""["."]""");
        (await _client.Get("/v1/metadata/id")).Json["scope"]!["clusters"].ShouldNotBeNull();
        (await _client.Get("/v1/metadata/version")).Json["version"]!.GetValue<string>().ShouldNotBeEmpty();
        (await _client.Get("/associations/resources/-/usage.events?resourceType=topic&associationType=value")).Text.ShouldBe("[]");
    }
}
