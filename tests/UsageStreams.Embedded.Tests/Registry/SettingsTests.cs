using System.Text;
using UsageStreams.Avro;
using UsageStreams.Embedded.Registry.Log;
using UsageStreams.Embedded.Registry.Rules;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Tests.Registry;

public sealed class SettingsTests
{
    private static readonly RegistryConfig NoOthers = new(null, RegistryConfig.NoOthers);

    private readonly RegistryRun _registry = new();

    [Fact]
    public void The_level_is_backward_until_set_and_a_subjects_own_wins_over_the_global_one()
    {
        _registry.State.LevelOf("a").ShouldBe(CompatibilityLevel.Backward);

        _registry.Do(Settings.SetConfig(_registry.State, RegistryState.Global, "FULL", NoOthers));
        _registry.Do(Settings.SetConfig(_registry.State, "a", "none", NoOthers));

        _registry.State.LevelOf("a").ShouldBe(CompatibilityLevel.None);
        _registry.State.LevelOf("b").ShouldBe(CompatibilityLevel.Full);
    }

    [Fact]
    public void A_subject_without_a_level_says_so_unless_the_global_one_is_asked_for()
    {
        _registry.Do(Settings.SetConfig(_registry.State, RegistryState.Global, "FULL", NoOthers));

        RegistryRun.CodeOf(() => Settings.Config(_registry.State, "a", defaultToGlobal: false)).ShouldBe(40408);
        Settings.Config(_registry.State, "a", defaultToGlobal: true).Level.ShouldBe(CompatibilityLevel.Full);
        RegistryRun.CodeOf(() => Settings.Mode(_registry.State, "a", defaultToGlobal: false)).ShouldBe(40409);
        Settings.Mode(_registry.State, "a", defaultToGlobal: true).ShouldBe(RegistryMode.ReadWrite);
    }

    [Fact]
    public void Unknown_levels_and_modes_are_refused()
    {
        RegistryRun.CodeOf(() => Settings.SetConfig(_registry.State, "a", "SIDEWAYS", NoOthers)).ShouldBe(42203);
        RegistryRun.CodeOf(() => Settings.SetConfig(_registry.State, "a", null, NoOthers)).ShouldBe(42203);
        RegistryRun.CodeOf(() => Settings.SetMode("a", "IMPORT")).ShouldBe(42204);
        RegistryRun.CodeOf(() => Settings.SetMode("a", null)).ShouldBe(42204);
    }

    [Fact]
    public void A_level_taken_away_leaves_the_global_one()
    {
        _registry.Do(Settings.SetConfig(_registry.State, "a", "NONE", NoOthers));

        _registry.Do(Settings.RemoveConfig(_registry.State, "a")).Level.ShouldBe(CompatibilityLevel.None);

        _registry.Restart().LevelOf("a").ShouldBe(CompatibilityLevel.Backward);
        RegistryRun.CodeOf(() => Settings.RemoveConfig(_registry.State, "a")).ShouldBe(40408);
    }

    [Fact]
    public void A_read_only_registry_takes_no_writes_until_it_is_set_back()
    {
        _registry.Do(Settings.SetMode(RegistryState.Global, "READONLY"));

        RegistryRun.CodeOf(() => _registry.Register("a", Schemas.Plain)).ShouldBe(42205);
        RegistryRun.CodeOf(() => _registry.DeleteSubject("a")).ShouldBe(42205);
        RegistryRun.CodeOf(() => Settings.SetConfig(_registry.State, "a", "FULL", NoOthers)).ShouldBe(42205);

        _registry.Do(Settings.SetMode(RegistryState.Global, "READWRITE"));
        _registry.Register("a", Schemas.Plain).Id.ShouldBe(1);
    }

    [Fact]
    public void Settings_that_are_only_kept_survive_a_change_of_the_level()
    {
        var config = (ConfigWritten)LogRecordCodec.Decode(
            Encoding.UTF8.GetBytes("""{"keytype":"CONFIG","subject":"a","magic":0}"""),
            Encoding.UTF8.GetBytes("""{"compatibilityLevel":"FULL","normalize":true}"""))!;
        _registry.Do(new Decision<int>(0, [config]));

        RegistryConfig changed = _registry.Do(Settings.SetConfig(_registry.State, "a", "NONE", NoOthers));

        changed.Others["normalize"].GetBoolean().ShouldBeTrue();
        _registry.Restart().Configs["a"].Others["normalize"].GetBoolean().ShouldBeTrue();
    }
}
