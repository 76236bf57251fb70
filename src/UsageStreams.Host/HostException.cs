namespace UsageStreams.Host;

/// <summary>Something the person at the command line must know about: the message says what, where, the limit and the next step.</summary>
internal sealed class HostException : Exception
{
    public HostException(int exitCode, string message, Exception? cause = null)
        : base(message, cause) => ExitCode = exitCode;

    /// <summary>What the process ends with; see <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; }
}
