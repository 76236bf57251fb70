using UsageStreams.Embedded.Registry.Rules;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Tests.Registry;

public sealed class DeletionTests
{
    private static readonly RegistryConfig NoOthers = new(null, RegistryConfig.NoOthers);

    private readonly RegistryRun _registry = new();

    [Fact]
    public void A_soft_deleted_version_is_hidden_but_its_id_still_answers()
    {
        int id = _registry.Register("a", Schemas.Plain).Id;
        _registry.Register("a", Schemas.WithOptional);

        _registry.DeleteVersion("a", "1").ShouldBe(1);

        RegistryRun.CodeOf(() => Lookup.Version(_registry.State, "a", "1", deletedToo: false)).ShouldBe(40402);
        RegistryRun.CodeOf(() => Lookup.Schema(_registry.State, "a", _registry.State.Propose(Schemas.Plain), deletedToo: false)).ShouldBe(40403);
        Lookup.Schema(_registry.State, "a", _registry.State.Propose(Schemas.Plain), deletedToo: true).Version.ShouldBe(1);
        _registry.State.Contents[id].Text.ShouldBe(Schemas.Plain);
    }

    [Fact]
    public void A_deleted_version_no_longer_counts_for_compatibility()
    {
        _registry.Register("a", Schemas.Plain);
        _registry.DeleteVersion("a", "latest");

        _registry.Register("a", Schemas.WithRequired).Version.ShouldBe(2);
    }

    [Fact]
    public void A_soft_deleted_schema_comes_back_with_the_same_id_and_a_new_version_in_place_of_the_old()
    {
        int id = _registry.Register("a", Schemas.Plain).Id;
        _registry.DeleteSubject("a").ShouldBe([1]);

        SchemaVersion again = _registry.Register("a", Schemas.Plain);

        (again.Id, again.Version).ShouldBe((id, 2));
        _registry.State.VersionsOf("a").Keys.ShouldBe([2]);
        _registry.Restart().VersionsOf("a").Keys.ShouldBe([2]);
    }

    [Fact]
    public void After_everything_was_deleted_for_good_versions_start_again_and_ids_do_not()
    {
        _registry.Register("a", Schemas.Plain);
        _registry.DeleteSubject("a");
        _registry.DeleteSubject("a", permanent: true).ShouldBe([1]);
        _registry.State.Subjects.ShouldBeEmpty();
        _registry.State.Contents.ShouldBeEmpty();

        SchemaVersion again = _registry.Register("a", Schemas.Plain);

        (again.Id, again.Version).ShouldBe((2, 1));
    }

    [Fact]
    public void Deleting_twice_or_for_good_at_once_is_refused()
    {
        _registry.Register("a", Schemas.Plain);
        _registry.Register("a", Schemas.WithOptional);

        RegistryRun.CodeOf(() => _registry.DeleteVersion("a", "1", permanent: true)).ShouldBe(40407);
        RegistryRun.CodeOf(() => _registry.DeleteSubject("a", permanent: true)).ShouldBe(40405);
        _registry.DeleteVersion("a", "1");
        RegistryRun.CodeOf(() => _registry.DeleteVersion("a", "1")).ShouldBe(40406);
        _registry.DeleteSubject("a").ShouldBe([2]);
        RegistryRun.CodeOf(() => _registry.DeleteSubject("a")).ShouldBe(40404);
        RegistryRun.CodeOf(() => _registry.DeleteSubject("unknown")).ShouldBe(40401);
        RegistryRun.CodeOf(() => _registry.DeleteVersion("a", "7")).ShouldBe(40402);
    }

    [Fact]
    public void With_the_last_version_go_the_subjects_configuration_and_mode()
    {
        _registry.Register("a", Schemas.Plain);
        _registry.Do(Settings.SetConfig(_registry.State, "a", "FULL", NoOthers));
        _registry.Do(Settings.SetMode("a", "READWRITE"));

        _registry.DeleteVersion("a", "1");

        _registry.State.Configs.ShouldBeEmpty();
        _registry.State.Modes.ShouldBeEmpty();
    }

    [Fact]
    public void The_id_stays_known_while_another_subject_uses_it()
    {
        int id = _registry.Register("a", Schemas.Plain).Id;
        _registry.Register("b", Schemas.Plain);
        _registry.DeleteSubject("a");
        _registry.DeleteSubject("a", permanent: true);

        _registry.State.UsesOf(id).Select(use => use.Subject).ShouldBe(["b"]);
        _registry.Register("c", Schemas.Plain).Id.ShouldBe(id);
    }

    [Fact]
    public void A_subject_that_came_back_after_its_deletion_is_the_same_after_a_restart()
    {
        _registry.Register("a", Schemas.Plain);
        _registry.Register("a", Schemas.WithOptional);
        _registry.DeleteSubject("a");
        _registry.Register("a", Schemas.WithOptional);

        RegistryState restarted = _registry.Restart();

        restarted.VersionsOf("a").Values.Select(v => (v.Version, v.Id, v.Deleted)).ShouldBe([(1, 1, true), (3, 2, false)]);
        restarted.VersionsOf("a").Values.ShouldBe(_registry.State.VersionsOf("a").Values);
    }
}
