using UsageStreams.Embedded.Registry.Rules;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Tests.Registry;

public sealed class RegistrationTests
{
    private readonly RegistryRun _registry = new();

    [Fact]
    public void The_first_schema_gets_id_1_and_version_1()
    {
        SchemaVersion registered = _registry.Register("a", Schemas.Plain);

        (registered.Id, registered.Version).ShouldBe((1, 1));
    }

    [Fact]
    public void The_same_schema_again_gives_the_same_answer_and_writes_nothing()
    {
        SchemaVersion first = _registry.Register("a", Schemas.Plain);

        Decision<SchemaVersion> again = Registration.Register(_registry.State, "a", _registry.State.Propose(Schemas.Plain));

        again.Answer.ShouldBe(first);
        again.Records.ShouldBeEmpty();
    }

    [Fact]
    public void White_space_makes_no_other_schema_but_a_doc_does()
    {
        int id = _registry.Register("a", Schemas.Plain).Id;

        _registry.Register("a", Schemas.Plain.Replace(",", " ,\n  ", StringComparison.Ordinal)).Id.ShouldBe(id);
        _registry.Register("a", Schemas.Plain.Replace("\"fields\"", "\"doc\":\"An event.\",\"fields\"", StringComparison.Ordinal)).Id.ShouldNotBe(id);
    }

    [Fact]
    public void A_text_known_under_another_subject_keeps_its_id()
    {
        _registry.Register("other", Schemas.Other);
        int id = _registry.Register("a", Schemas.Plain).Id;

        SchemaVersion elsewhere = _registry.Register("b", Schemas.Plain);

        (elsewhere.Id, elsewhere.Version).ShouldBe((id, 1));
    }

    [Fact]
    public void A_compatible_schema_becomes_the_next_version_with_the_next_id()
    {
        _registry.Register("a", Schemas.Plain);

        SchemaVersion next = _registry.Register("a", Schemas.WithOptional);

        (next.Id, next.Version).ShouldBe((2, 2));
    }

    [Fact]
    public void An_incompatible_schema_is_refused_and_the_answer_says_what_does_not_fit()
    {
        _registry.Register("a", Schemas.Plain);

        var refused = Should.Throw<RegistryRequestException>(() => _registry.Register("a", Schemas.WithRequired));

        refused.Status.ShouldBe(409);
        refused.Message.ShouldContain("READER_FIELD_MISSING_DEFAULT_VALUE");
        refused.Message.ShouldContain("oldSchemaVersion: 1");
    }

    [Fact]
    public void Text_that_is_no_schema_is_refused()
    {
        RegistryRun.CodeOf(() => _registry.Register("a", """{"type":"nonsense"}""")).ShouldBe(42201);
        RegistryRun.CodeOf(() => _registry.Register("a", "")).ShouldBe(42201);
        RegistryRun.CodeOf(() => ProposedSchema.Parse(_registry.State, "PROTOBUF", "x", null)).ShouldBe(42201);
    }

    [Theory]
    [InlineData("__GLOBAL")]
    [InlineData("__EMPTY")]
    [InlineData("")]
    [InlineData("a\u0007")]
    public void Reserved_empty_and_unprintable_subjects_are_refused(string subject) =>
        RegistryRun.CodeOf(() => _registry.Register(subject, Schemas.Plain)).ShouldBe(42208);

    [Fact]
    public void The_default_context_may_be_named_and_no_other_is_kept()
    {
        SubjectName.Resolve(":.:a").ShouldBe("a");
        RegistryRun.CodeOf(() => SubjectName.Resolve(":.staging:a")).ShouldBe(42208);
    }

    [Fact]
    public void A_read_only_subject_refuses_new_schemas_and_still_tells_the_ids_of_old_ones()
    {
        int id = _registry.Register("a", Schemas.Plain).Id;
        _registry.Do(Settings.SetMode("a", "READONLY"));

        RegistryRun.CodeOf(() => _registry.Register("a", Schemas.WithOptional)).ShouldBe(42205);
        _registry.Register("a", Schemas.Plain).Id.ShouldBe(id);
        _registry.Register("b", Schemas.WithOptional).Version.ShouldBe(1);
    }

    [Fact]
    public void A_transitive_level_compares_with_every_version()
    {
        _registry.Do(Settings.SetConfig(_registry.State, "a", "NONE", new RegistryConfig(null, RegistryConfig.NoOthers)));
        _registry.Register("a", Schemas.Plain);
        _registry.Register("a", Schemas.WithRequired);
        _registry.Do(Settings.SetConfig(_registry.State, "a", "BACKWARD_TRANSITIVE", new RegistryConfig(null, RegistryConfig.NoOthers)));
        string third = Schemas.WithRequired.Replace("\"fields\"", "\"doc\":\"An event.\",\"fields\"", StringComparison.Ordinal);

        Should.Throw<RegistryRequestException>(() => _registry.Register("a", third)).Message.ShouldContain("oldSchemaVersion: 1");

        _registry.Do(Settings.SetConfig(_registry.State, "a", "BACKWARD", new RegistryConfig(null, RegistryConfig.NoOthers)));
        _registry.Register("a", third).Version.ShouldBe(3);
    }

    [Fact]
    public void A_version_that_the_client_expects_must_be_the_next_one()
    {
        ProposedSchema proposed = _registry.State.Propose(Schemas.Plain);

        RegistryRun.CodeOf(() => Registration.Register(_registry.State, "a", proposed, expectedVersion: 2)).ShouldBe(42201);
        Registration.Register(_registry.State, "a", proposed, expectedVersion: 1).Answer.Version.ShouldBe(1);
    }
}
