using UsageStreams.Embedded.Registry.Rules;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Tests.Registry;

public sealed class ReferenceTests
{
    private readonly RegistryRun _registry = new();

    [Fact]
    public void A_schema_may_name_a_type_of_another_subject_and_keeps_its_own_text()
    {
        _registry.Register("event", Schemas.Plain);

        SchemaVersion envelope = _registry.Register("envelope", Schemas.Embedding, new SchemaReference("test.Event", "event", -1));

        envelope.Content.Text.ShouldBe(Schemas.Embedding);
        envelope.Content.References.ShouldBe([new SchemaReference("test.Event", "event", 1)]);
        _registry.Restart().VersionsOf("envelope")[1].ShouldBe(envelope);
    }

    [Fact]
    public void The_same_types_written_out_are_the_same_schema()
    {
        _registry.Register("event", Schemas.Plain);
        int id = _registry.Register("envelope", Schemas.Embedding, new SchemaReference("test.Event", "event", 1)).Id;

        _registry.Register("envelope", Schemas.EmbeddingInlined).Id.ShouldBe(id);
    }

    [Fact]
    public void A_reference_to_nothing_is_refused()
    {
        RegistryRun.CodeOf(() => _registry.Register("envelope", Schemas.Embedding, new SchemaReference("test.Event", "event", 1))).ShouldBe(42201);

        _registry.Register("event", Schemas.Other);
        RegistryRun.CodeOf(() => _registry.Register("envelope", Schemas.Embedding, new SchemaReference("test.Event", "event", 1))).ShouldBe(42201);
    }

    [Fact]
    public void A_version_that_is_referred_to_cannot_be_deleted()
    {
        _registry.Register("event", Schemas.Plain);
        _registry.Register("envelope", Schemas.Embedding, new SchemaReference("test.Event", "event", 1));

        RegistryRun.CodeOf(() => _registry.DeleteVersion("event", "1")).ShouldBe(42206);
        RegistryRun.CodeOf(() => _registry.DeleteSubject("event")).ShouldBe(42206);

        _registry.DeleteSubject("envelope");
        _registry.DeleteSubject("event").ShouldBe([1]);
        RegistryRun.CodeOf(() => _registry.DeleteSubject("event", permanent: true)).ShouldBe(42206);
        _registry.DeleteSubject("envelope", permanent: true);
        _registry.DeleteSubject("event", permanent: true).ShouldBe([1]);
    }
}
