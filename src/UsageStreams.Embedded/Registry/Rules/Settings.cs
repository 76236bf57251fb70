using UsageStreams.Avro;
using UsageStreams.Embedded.Registry.Log;
using UsageStreams.Embedded.Registry.State;

namespace UsageStreams.Embedded.Registry.Rules;

/// <summary>Reads and changes configurations and modes; a subject's own, or under <see cref="RegistryState.Global"/> those of all that have none.</summary>
internal static class Settings
{
    /// <summary>Refuses a write where the mode permits none.</summary>
    /// <exception cref="RegistryRequestException">42205.</exception>
    public static void CheckWritable(RegistryState state, string subject)
    {
        if (state.ModeOf(subject) != RegistryMode.ReadWrite)
            throw RegistryErrors.ReadOnly(subject == RegistryState.Global ? "The registry" : $"Subject '{subject}'");
    }

    /// <summary>A subject's configuration.</summary>
    /// <exception cref="RegistryRequestException">40408: it has none of its own and <paramref name="defaultToGlobal"/> is false.</exception>
    public static RegistryConfig Config(RegistryState state, string subject, bool defaultToGlobal)
    {
        if (state.Configs.TryGetValue(subject, out RegistryConfig? own))
            return own;

        // kafkajs tells a new subject from an old one by this error, whatever holds for all.
        return defaultToGlobal || subject == RegistryState.Global
            ? state.Configs.GetValueOrDefault(RegistryState.Global) ?? RegistryConfig.Of(RegistryConfig.DefaultLevel)
            : throw RegistryErrors.NoOwnCompatibility(subject);
    }

    /// <summary>Sets a configuration. Without a level the one that was set before stays.</summary>
    /// <exception cref="RegistryRequestException">42203: neither a known level nor another setting. 42205.</exception>
    public static Decision<RegistryConfig> SetConfig(RegistryState state, string subject, string? levelName, RegistryConfig others)
    {
        CheckName(subject);
        CheckWritable(state, subject);
        RegistryConfig? before = state.Configs.GetValueOrDefault(subject);
        CompatibilityLevel? level = before?.Level;
        if (levelName is not null || others.Others.IsEmpty)
            level = CompatibilityLevels.TryParse(levelName, out CompatibilityLevel known) ? known : throw RegistryErrors.InvalidLevel(levelName);

        var config = new RegistryConfig(level, (before?.Others ?? RegistryConfig.NoOthers).SetItems(others.Others));
        return new Decision<RegistryConfig>(config, [new ConfigWritten(subject, config)]);
    }

    /// <summary>Takes a configuration away; the answer is the one taken.</summary>
    /// <exception cref="RegistryRequestException">40408: there is none. 42205.</exception>
    public static Decision<RegistryConfig> RemoveConfig(RegistryState state, string subject)
    {
        CheckWritable(state, subject);
        RegistryConfig before = Config(state, subject, defaultToGlobal: false);
        return new Decision<RegistryConfig>(before, state.Configs.ContainsKey(subject) ? [new ConfigWritten(subject, null)] : []);
    }

    /// <summary>A subject's mode.</summary>
    /// <exception cref="RegistryRequestException">40409: it has none of its own and <paramref name="defaultToGlobal"/> is false.</exception>
    public static RegistryMode Mode(RegistryState state, string subject, bool defaultToGlobal)
    {
        if (state.Modes.TryGetValue(subject, out RegistryMode own))
            return own;
        return defaultToGlobal || subject == RegistryState.Global ? state.ModeOf(subject) : throw RegistryErrors.NoOwnMode(subject);
    }

    /// <summary>Sets a mode.</summary>
    /// <exception cref="RegistryRequestException">42204: a mode that this registry has not.</exception>
    public static Decision<RegistryMode> SetMode(string subject, string? name)
    {
        CheckName(subject);
        return RegistryModeNames.TryParse(name, out RegistryMode mode) && mode is RegistryMode.ReadWrite or RegistryMode.ReadOnly
            ? new Decision<RegistryMode>(mode, [new ModeWritten(subject, mode)])
            : throw RegistryErrors.InvalidMode(name);
    }

    /// <summary>Takes a mode away; the answer is the one taken.</summary>
    /// <exception cref="RegistryRequestException">40409: there is none.</exception>
    public static Decision<RegistryMode> RemoveMode(RegistryState state, string subject)
    {
        RegistryMode before = Mode(state, subject, defaultToGlobal: false);
        return new Decision<RegistryMode>(before, state.Modes.ContainsKey(subject) ? [new ModeWritten(subject, null)] : []);
    }

    private static void CheckName(string subject)
    {
        if (subject != RegistryState.Global)
            SubjectName.Check(subject);
    }
}
