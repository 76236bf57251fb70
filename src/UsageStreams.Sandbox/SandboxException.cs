namespace UsageStreams.Sandbox;

/// <summary>The sandbox can't start or can't keep what it was given; the message says why and what to do.</summary>
public sealed class SandboxException : Exception
{
    /// <summary>An error with its cause in words.</summary>
    public SandboxException(string message)
        : base(message)
    {
    }

    /// <summary>An error with the exception that caused it.</summary>
    public SandboxException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
