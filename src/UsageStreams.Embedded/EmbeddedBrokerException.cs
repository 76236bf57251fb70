namespace UsageStreams.Embedded;

/// <summary>
/// The embedded broker cannot start or cannot go on: the port is taken, the data folder is in use or not writable, or the disk failed.
/// The message says which, where, and what to do.
/// </summary>
public sealed class EmbeddedBrokerException : Exception
{
    internal EmbeddedBrokerException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
