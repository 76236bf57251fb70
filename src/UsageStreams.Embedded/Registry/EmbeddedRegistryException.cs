namespace UsageStreams.Embedded.Registry;

/// <summary>The embedded registry could not start. The message says what stood in the way and what to do about it.</summary>
public sealed class EmbeddedRegistryException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What failed, where, and the next step.</param>
    /// <param name="innerException">The cause, if another component reported it.</param>
    public EmbeddedRegistryException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
