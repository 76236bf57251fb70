namespace UsageStreams.Embedded.Registry.State;

/// <summary>What a subject permits. Only the first two can be set here; the others may stand in a log that another server wrote.</summary>
internal enum RegistryMode
{
    ReadWrite,
    ReadOnly,
    ReadOnlyOverride,
    Import,
    Forward,
}

/// <summary>The modes' names in the REST interface and in the log.</summary>
internal static class RegistryModeNames
{
    public static string Name(this RegistryMode mode) => mode switch
    {
        RegistryMode.ReadWrite => "READWRITE",
        RegistryMode.ReadOnly => "READONLY",
        RegistryMode.ReadOnlyOverride => "READONLY_OVERRIDE",
        RegistryMode.Import => "IMPORT",
        RegistryMode.Forward => "FORWARD",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "is no mode of a registry"),
    };

    public static bool TryParse(string? name, out RegistryMode mode)
    {
        foreach (RegistryMode candidate in Enum.GetValues<RegistryMode>())
        {
            if (string.Equals(candidate.Name(), name, StringComparison.OrdinalIgnoreCase))
            {
                mode = candidate;
                return true;
            }
        }

        mode = default;
        return false;
    }
}
