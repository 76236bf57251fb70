namespace UsageStreams.Sinks;

/// <summary>A delivery failed. Derived types say what the caller can do.</summary>
public abstract class SinkException : Exception
{
    private protected SinkException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The same call may succeed later: the network, a busy or failing system.</summary>
public sealed class TransientSinkException : SinkException
{
    /// <summary>An error with its words and, where there is one, its cause.</summary>
    public TransientSinkException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>How long the system asked to be left alone, or null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The system is well but was asked too much: fewer calls at once help.</summary>
    public bool IsThrottled { get; init; }
}

/// <summary>Nothing can be delivered until a person changes something: credentials, permissions, options.</summary>
public sealed class SinkStoppedException : SinkException
{
    /// <summary>An error with its words and, where there is one, its cause.</summary>
    public SinkStoppedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
