namespace UsageStreams.Avro;

/// <summary>What a registry demands of a new schema of a subject.</summary>
public enum CompatibilityLevel
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It can read what the latest version wrote: the registry's default.</summary>
    Backward,

    /// <summary>It can read what any version wrote.</summary>
    BackwardTransitive,

    /// <summary>The latest version can read what it writes.</summary>
    Forward,

    /// <summary>Every version can read what it writes.</summary>
    ForwardTransitive,

    /// <summary>Both with the latest version.</summary>
    Full,

    /// <summary>Both with every version.</summary>
    FullTransitive,
}

/// <summary>The levels' names in the registry's REST interface.</summary>
public static class CompatibilityLevels
{
    /// <summary>The name, such as <c>BACKWARD_TRANSITIVE</c>.</summary>
    /// <param name="level">The level.</param>
    public static string ToName(this CompatibilityLevel level) => level switch
    {
        CompatibilityLevel.None => "NONE",
        CompatibilityLevel.Backward => "BACKWARD",
        CompatibilityLevel.BackwardTransitive => "BACKWARD_TRANSITIVE",
        CompatibilityLevel.Forward => "FORWARD",
        CompatibilityLevel.ForwardTransitive => "FORWARD_TRANSITIVE",
        CompatibilityLevel.Full => "FULL",
        CompatibilityLevel.FullTransitive => "FULL_TRANSITIVE",
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "There is no such compatibility level."),
    };

    /// <summary>The level of a name, in any case.</summary>
    /// <param name="name">The name, such as <c>BACKWARD_TRANSITIVE</c>.</param>
    /// <param name="level">The level, when there is one of that name.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryParse(string? name, out CompatibilityLevel level)
    {
        foreach (var candidate in Enum.GetValues<CompatibilityLevel>())
        {
            if (string.Equals(candidate.ToName(), name, StringComparison.OrdinalIgnoreCase))
            {
                level = candidate;
                return true;
            }
        }

        level = default;
        return false;
    }

    /// <summary>Whether every version counts, not only the latest.</summary>
    /// <param name="level">The level.</param>
    public static bool IsTransitive(this CompatibilityLevel level) => level
        is CompatibilityLevel.BackwardTransitive or CompatibilityLevel.ForwardTransitive or CompatibilityLevel.FullTransitive;

    /// <summary>Whether the new schema must read what the old ones wrote.</summary>
    /// <param name="level">The level.</param>
    public static bool ReadsOld(this CompatibilityLevel level) => level
        is CompatibilityLevel.Backward or CompatibilityLevel.BackwardTransitive or CompatibilityLevel.Full or CompatibilityLevel.FullTransitive;

    /// <summary>Whether the old schemas must read what the new one writes.</summary>
    /// <param name="level">The level.</param>
    public static bool ReadByOld(this CompatibilityLevel level) => level
        is CompatibilityLevel.Forward or CompatibilityLevel.ForwardTransitive or CompatibilityLevel.Full or CompatibilityLevel.FullTransitive;
}
