namespace UsageStreams.Host;

/// <summary>What the command ends with.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>It ran, and the result differs from what it must be, or the work failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense: an unknown verb or option, a value out of its range, no such file.</summary>
    public const int Usage = 2;

    /// <summary>Kafka or the registry can't be reached or refuses.</summary>
    public const int Unreachable = 3;

    /// <summary>The data folder, its disk or a port of this machine can't be used.</summary>
    public const int Machine = 4;

    /// <summary>There is nothing by the id that was given.</summary>
    public const int NotFound = 5;

    /// <summary>Ended by Ctrl-C or SIGTERM.</summary>
    public const int Interrupted = 130;

    /// <summary>For <c>--help</c>.</summary>
    public const string Help =
        "Exit codes: 0 done; 1 the result differs, or the work failed; 2 the command line makes no sense; 3 Kafka or the registry can't be " +
        "reached or refuses; 4 the data folder, its disk or a port can't be used; 5 there is nothing by that id; 130 ended by Ctrl-C.";
}
